// Hashing and checking passwords (argon2id), a few at a time so that sign-ins cannot exhaust the machine.
import { hash, verify } from "@node-rs/argon2";

/** The library's default variant is argon2id. */
const parameters = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
const MOST_AT_ONCE = 4;

let running = 0;
const waiting: (() => void)[] = [];
async function limited<T>(work: () => Promise<T>): Promise<T> {
  while (running >= MOST_AT_ONCE) await new Promise<void>((resolve) => waiting.push(resolve));
  running += 1;
  try {
    return await work();
  } finally {
    running -= 1;
    waiting.shift()?.();
  }
}

export const hashPassword = (password: string): Promise<string> => limited(() => hash(password, parameters));

/** A real hash of a password nobody has, so that an unknown user costs the same time as a wrong password. */
let dummy: Promise<string> | undefined;

/** Is `password` the one behind `stored`? False, after the same work, when there is none. */
export async function isPassword(stored: string | null | undefined, password: string): Promise<boolean> {
  dummy ??= hashPassword(crypto.randomUUID());
  const known = await dummy;
  const matches = await limited(() => verify(stored ?? known, password).catch(() => false));
  return matches && typeof stored === "string";
}
