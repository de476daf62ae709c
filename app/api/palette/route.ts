export { paletteHandler as GET } from "#server/palette/handler.ts";
