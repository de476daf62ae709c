// Looks into the finished build for features of Next.js that the portal does without (docs/decisions/0004).
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";

const Actions = z.object({
  node: z.record(z.string(), z.unknown()),
  edge: z.record(z.string(), z.unknown()),
});
const Images = z.object({ images: z.object({ unoptimized: z.boolean() }) });
const Prerendered = z.object({
  routes: z.record(z.string(), z.unknown()),
  dynamicRoutes: z.record(z.string(), z.unknown()),
});
const Pages = z.record(z.string(), z.string());

/** Next makes these two itself; every page of the portal is rendered per request. */
/** Next's own two, and the mark: nothing in them is about anybody. */
const ownStatic = new Set(["/_not-found", "/_global-error", "/icon.svg"]);

/** A manifest that is missing or has another form throws: a build nobody can read is no clean build. */
export function buildProblems(buildFolder: string): string[] {
  const read = <T>(schema: z.ZodType<T>, file: string): T =>
    schema.parse(JSON.parse(readFileSync(join(buildFolder, file), "utf8")));
  const actions = read(Actions, "server/server-reference-manifest.json");
  const { images } = read(Images, "images-manifest.json");
  const prerendered = read(Prerendered, "prerender-manifest.json");
  const pages = Object.keys(read(Pages, "server/app-paths-manifest.json")).filter(
    (page) => !ownStatic.has(page.replace(/\/page$/, "")),
  );
  return [
    ...Object.keys({ ...actions.node, ...actions.edge }).map((id) => `Server Action ${id}`),
    ...(images.unoptimized ? [] : ["the image optimizer is on"]),
    ...Object.keys({ ...prerendered.routes, ...prerendered.dynamicRoutes })
      .filter((route) => !ownStatic.has(route))
      .map((route) => `${route} is prerendered, so it would be served from a cache`),
    ...(pages.length === 0 ? ["the build has no page"] : []),
  ];
}
