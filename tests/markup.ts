// Components as the server renders them, read without a browser.
import type { ReactNode } from "react";
import { renderToReadableStream } from "react-dom/server";

/** The HTML of a tree of server and client components, before any script. */
export async function markupOf(tree: ReactNode): Promise<string> {
  const stream = await renderToReadableStream(tree);
  await stream.allReady;
  // Comments divide texts for the browser alone.
  return (await new Response(stream).text()).replaceAll(/<!--.*?-->/gs, "");
}

const entities: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', "#x27": "'" };
/** What of that HTML is read; narrow spaces stay what they are. */
export const textOf = (markup: string): string =>
  markup
    .replaceAll(/<[^>]*>/g, " ")
    .replaceAll(/&(\w+|#x27);/g, (whole, name: string) => entities[name] ?? whole)
    .replaceAll(/[ \n]+/g, " ");
