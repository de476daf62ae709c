// What the profile page posts: `POST /api/profile/<action>`, by form or by JSON.
import { accountRoute } from "#server/auth/account-route.ts";
import { AppError } from "#server/errors.ts";
import { actions } from "./service.ts";

export const changeProfile = accountRoute(async (input) => {
  const action = Object.hasOwn(actions, input.action) ? actions[input.action] : undefined;
  if (!action) throw new AppError("request.notFound");
  const text = (name: string) => {
    const value = input.fields[name];
    return typeof value === "string" ? value.slice(0, 1000) : "";
  };
  const { to, cookies = [], data } = await action({ ...input, text });
  const headers = new Headers({ "cache-control": "no-store" });
  for (const one of cookies) headers.append("set-cookie", one);
  if (input.isForm) headers.set("location", to);
  if (data && !input.isForm) return Response.json(data, { headers });
  return new Response(null, { status: input.isForm ? 303 : 204, headers });
});
