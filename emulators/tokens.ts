// Access tokens that only the emulator which gave them accepts, until they expire or the control endpoint ends them.
import { createHmac, randomBytes } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Control } from "#emulators/faults.ts";

export type Tokens = {
  issue(subject: string, seconds: number): string;
  /** Whom the bearer token of a request was given to; null = none, a wrong or an expired one. */
  subjectOf(request: IncomingMessage): string | null;
};

export function createTokens(control: Control): Tokens {
  const secret = randomBytes(32);
  const sign = (text: string): string => createHmac("sha256", secret).update(text).digest("base64url");
  return {
    issue(subject, seconds) {
      const content = JSON.stringify([subject, Date.now() + seconds * 1_000, control.epoch()]);
      const claims = Buffer.from(content).toString("base64url");
      return `${claims}.${sign(claims)}`;
    },
    subjectOf(request) {
      const [, claims, signature] =
        /^Bearer ([\w-]+)\.([\w-]+)$/i.exec(request.headers.authorization ?? "") ?? [];
      if (!claims || signature !== sign(claims)) return null;
      const content = Buffer.from(claims, "base64url").toString();
      const [subject, expires, epoch] = JSON.parse(content) as [string, number, number];
      return expires > Date.now() && epoch === control.epoch() ? subject : null;
    },
  };
}
