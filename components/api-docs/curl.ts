import type { ApiOperation } from "#server/api-docs/schema.ts";

const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;

/** The first example of an operation's body, as text. */
export function exampleBody(operation: ApiOperation): string | undefined {
  const [first] = Object.values(operation.requestBody?.content["application/json"].examples ?? {});
  return first && JSON.stringify(first.value, null, 2);
}

/** An operation's path with the examples of its parameters. */
function examplePath(path: string, operation: ApiOperation): string {
  return (operation.parameters ?? []).reduce(
    (text, { name, in: place, example }) =>
      place === "path" && example !== undefined ? text.replace(`{${name}}`, example) : text,
    path,
  );
}

/** How to call an operation from a shell. */
export function curlOf(origin: string, path: string, method: string, operation: ApiOperation): string {
  const headers = (operation.parameters ?? []).flatMap(({ name, in: place, example }) =>
    place === "header" ? [`-H ${quoted(`${name}: ${example ?? ""}`)}`] : [],
  );
  const body = exampleBody(operation);
  const lines = [
    `curl ${method === "get" ? "" : `-X ${method.toUpperCase()} `}${quoted(origin + examplePath(path, operation))}`,
    ...(operation.security?.length === 0 ? [] : [`-H "Authorization: Bearer $BELVEDERE_TOKEN"`]),
    ...headers,
    ...(body === undefined ? [] : ["-H 'Content-Type: application/json'", `--data-binary ${quoted(body)}`]),
  ];
  return lines.join(" \\\n  ");
}
