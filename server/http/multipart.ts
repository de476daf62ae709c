// Reads one uploaded file out of a multipart body (RFC 7578) that is already in memory, without copying it.

export type UploadedFile = { fileName: string; bytes: Uint8Array };

const boundaryOf = (contentType: string): string | undefined => {
  const [, quoted, bare] =
    /^multipart\/form-data\s*;.*?\bboundary=(?:"([^"]{1,70})"|([^\s;,]{1,70}))/i.exec(contentType) ?? [];
  return quoted ?? bare;
};

/** The first part called `field`; undefined: the body is not multipart, damaged, or has no such part. */
export function fileIn(body: Uint8Array, contentType: string, field: string): UploadedFile | undefined {
  const boundary = boundaryOf(contentType);
  if (boundary === undefined) return undefined;
  const buffer = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const opening = `--${boundary}\r\n`;
  let at = buffer.indexOf(opening, 0, "latin1");
  while (at !== -1) {
    const headersAt = at + opening.length;
    const headersEnd = buffer.indexOf("\r\n\r\n", headersAt, "latin1");
    if (headersEnd === -1 || headersEnd - headersAt > 4_096) return undefined;
    const end = buffer.indexOf(`\r\n--${boundary}`, headersEnd + 2, "latin1");
    if (end === -1) return undefined;
    const disposition =
      /^content-disposition:\s*form-data;(.*)$/im.exec(buffer.toString("utf8", headersAt, headersEnd))?.[1] ??
      "";
    if (parameter(disposition, "name") === field) {
      return {
        fileName: baseName(parameter(disposition, "filename") ?? ""),
        bytes: body.subarray(headersEnd + 4, Math.max(end, headersEnd + 4)),
      };
    }
    at = buffer.indexOf(opening, end, "latin1");
  }
  return undefined;
}

/** Browsers write a quote in a file name as %22. */
const parameter = (disposition: string, name: string): string | undefined =>
  new RegExp(`;\\s*${name}="([^"]*)"`, "i").exec(`;${disposition}`)?.[1]?.replaceAll("%22", '"');

const withoutControls = (text: string): string => text.replaceAll(/\p{Cc}/gu, "");

/** The last part of a path, as text that a database and a page take. */
const baseName = (path: string): string =>
  withoutControls(path.split(/[/\\]/).at(-1) ?? "")
    .toWellFormed()
    .slice(0, 200);
