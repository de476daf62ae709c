export {
  unknownHandler as DELETE,
  unknownHandler as GET,
  unknownHandler as PATCH,
  unknownHandler as POST,
  unknownHandler as PUT,
} from "#server/http/handler.ts";
