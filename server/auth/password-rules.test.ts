// Which passwords are refused, and that those people should choose are not.
import { describe, expect, test } from "vitest";
import { passwordProblem } from "./password-rules.ts";

const ada = { email: "ada.bianchi@lagune.example", name: "Ada Bianchi" };

describe("a new password", () => {
  test.each([
    ["too few characters", "k7#Pq9!wZr2", "password.tooShort"],
    ["eleven emoji", "🦊".repeat(11), "password.tooShort"],
    ["129 characters", "aB3$kd9".repeat(19), "password.tooLong"],
    ["a word and a number", "Password1234", "password.common"],
    ["a word and a year", "Summer-2026!!", "password.common"],
    ["a word with signs for letters", "P@$$w0rd2024!", "password.common"],
    ["the word twice", "passwordpassword", "password.common"],
    ["Italian", "Benvenuto2026", "password.common"],
    ["French", "MotDePasse123!", "password.common"],
    ["a row of keys", "qwertyuiop12", "password.common"],
    ["the French row", "AZERTYUIOP123", "password.common"],
    ["digits in order", "123456789012", "password.common"],
    ["the alphabet", "abcdefghijklm", "password.common"],
    ["backwards", "0987654321098", "password.common"],
    ["one character", "aaaaaaaaaaaaa", "password.common"],
    ["a pattern of keys", "1qaz2wsx3edc", "password.common"],
    ["the password of the demo", "belvedere-demo", "password.personal"],
    ["the product's name", "Belvedere2026!", "password.personal"],
    ["the person's name", "Ada-Bianchi-1984", "password.personal"],
    ["the address", "adabianchi.lagune", "password.personal"],
  ])("%s is refused", (_, password, problem) => {
    expect(passwordProblem(password, ada)).toBe(problem);
  });

  test.each([
    "correct horse battery",
    "tortoise lamp violin Tuesday",
    "x7#kP9!qLm2z",
    "8391-2075-6643",
    "gattopianoforteluna",
    "crevette bleue sous tente",
    "Grünkohl mit Pinkel",
    "пароль не скажу",
    "🦊🍕🎻🚲🌧️🧦📎🪁🧂🦉🎈🕯️",
    "a".repeat(3) + "k2#Lw9!vR4$t",
  ])("%s is taken", (password) => {
    expect(passwordProblem(password, ada)).toBeNull();
  });
});
