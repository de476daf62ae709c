// Which passwords are refused: too short, too long, known to everybody, or made of what everybody knows of the person.
import { commonPasswords, commonWords, sequences } from "./common-passwords.ts";

const SHORTEST = 12;
/** argon2 takes more, but hashing a long text is work that anybody could ask for. */
const LONGEST = 128;
/** Characters that must be left when words, runs and repetitions are taken out. */
const LEAST_OF_ONES_OWN = 7;

export type PasswordProblem =
  | "password.tooShort"
  | "password.tooLong"
  | "password.common"
  | "password.personal";

const leet: Record<string, string> = {
  "0": "o",
  "1": "i",
  "3": "e",
  "4": "a",
  "5": "s",
  "7": "t",
  "@": "a",
  $: "s",
  "!": "i",
};

/** What is wrong with a new password of this person, or null. Length counts characters, not bytes. */
export function passwordProblem(
  password: string,
  person: { email: string; name: string },
): PasswordProblem | null {
  const length = [...password].length;
  if (length < SHORTEST) return "password.tooShort";
  if (length > LONGEST) return "password.tooLong";
  const plain = password.normalize("NFKD").replaceAll(/\p{M}/gu, "").toLowerCase();
  if (commonPasswords.has(plain) || new Set(plain).size < 5) return "password.common";
  const personal = personalWords(person);
  if (ownCharacters(plain, [...personal, ...commonWords]) >= LEAST_OF_ONES_OWN) return null;
  return ownCharacters(plain, commonWords) >= LEAST_OF_ONES_OWN ? "password.personal" : "password.common";
}

/** Parts of the address and the name, and the product's name. */
function personalWords({ email, name }: { email: string; name: string }): string[] {
  const plain = `${email} ${name}`.normalize("NFKD").replaceAll(/\p{M}/gu, "").toLowerCase();
  const words = plain.split(/[^a-z]+/).filter((word) => word.length >= 3);
  return [...words, "belvedere"];
}

/** How many letters and digits of `plain` belong to no word, no run along keyboard, alphabet or digits, no repetition. */
function ownCharacters(plain: string, words: readonly string[]): number {
  const characters = [...plain];
  const letters = characters.map((character) => leet[character] ?? character).join("");
  const covered = characters.map((character) => /^[!-/:-@[-`{-~\s]$/.test(character));
  const cover = (from: number, count: number) => covered.fill(true, from, from + count);
  for (const word of words)
    for (const text of new Set([plain, letters]))
      for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) cover(at, word.length);
  for (let at = 0; at + 3 <= characters.length; at += 1) {
    const three = characters.slice(at, at + 3).join("");
    const isRepeated = three === (three[0] ?? "").repeat(3);
    if (isRepeated || sequences.some((sequence) => sequence.includes(three))) cover(at, 3);
  }
  // A year is the commonest thing to hang on to a word.
  for (const year of plain.matchAll(/(?:19|20)\d\d/g)) cover(year.index, 4);
  return covered.filter((isCovered) => !isCovered).length;
}
