// `api`: the procedures for server components, without HTTP; refusals become sign-in or the not-found page here alone.
// What else fails, fails the page, and is logged as such (instrumentation.ts).
import "server-only";
import { headers } from "next/headers";
import { notFound, redirect } from "next/navigation";
import { cache } from "react";
import { type Context, contextOf } from "./context.ts";
import { appRouter } from "./router.ts";
import { createCallerFactory } from "./trpc.ts";

/** One per request: ten cards read the session once. */
export const requestContext = cache(async () => contextOf(await headers()));

/** The sign-in page, which leads back to the page that was asked for. */
export function signInPath({ language, path }: Pick<Context, "language" | "path">): string {
  const back = path !== null && path !== `/${language}` ? `?${new URLSearchParams({ return: path })}` : "";
  return `/${language}/sign-in${back}`;
}

export const api = createCallerFactory(appRouter)(requestContext, {
  onError: ({ error, ctx }) => {
    if (error.code === "UNAUTHORIZED") redirect(signInPath(ctx ?? { language: "en", path: null }));
    if (error.code === "NOT_FOUND" || error.code === "FORBIDDEN") notFound();
  },
});
