// Writes CHANGELOG.md from the conventional commits of the git history: `node scripts/changelog.ts`.
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";

export type Commit = { day: string; subject: string; tags: readonly string[] };

/** The kinds a reader of the portal notices, in the order they are read; chores, tests and refactorings are left out. */
const headings = { feat: "Added", fix: "Fixed", perf: "Faster", docs: "Documented" } as const;
const isKind = (kind: string): kind is keyof typeof headings => Object.hasOwn(headings, kind);

type Entry = { kind: keyof typeof headings; line: string };

function parse(subject: string): Entry | undefined {
  const {
    kind = "",
    scope,
    breaking,
    text = "",
  } = /^(?<kind>[a-z]+)(\((?<scope>[^)]+)\))?(?<breaking>!)?: (?<text>.+)$/.exec(subject)?.groups ?? {};
  if (!isKind(kind)) return undefined;
  return { kind, line: `- ${breaking ? "**Breaking:** " : ""}${scope ? `${scope}: ` : ""}${text}` };
}

/** Commits come newest first; a tag `v1.2.0` opens a section, what is above the first tag is unreleased. */
export function changelog(commits: readonly Commit[]): string {
  const sections: { title: string; entries: Entry[] }[] = [{ title: "Unreleased", entries: [] }];
  for (const { day, subject, tags } of commits) {
    const version = tags.find((tag) => /^v\d/.test(tag));
    if (version) sections.push({ title: `${version.slice(1)} (${day})`, entries: [] });
    const entry = parse(subject);
    if (entry) sections.at(-1)?.entries.push(entry);
  }
  const written = sections
    .filter(({ entries }) => entries.length > 0)
    .map(({ title, entries }) => {
      const groups = Object.entries(headings).map(([kind, heading]) => ({
        heading,
        lines: entries.filter((entry) => entry.kind === kind).map((entry) => entry.line),
      }));
      const body = groups
        .filter(({ lines }) => lines.length > 0)
        .map(({ heading, lines }) => `### ${heading}\n\n${lines.join("\n")}\n`);
      return `## ${title}\n\n${body.join("\n")}`;
    });
  return `# Changelog\n\nGenerated from the commits by \`npm run changelog\`.\n\n${written.join("\n")}`;
}

function readCommits(): Commit[] {
  const log = execFileSync("git", ["log", "--format=%cs%x09%D%x09%s"], { encoding: "utf8" });
  return log
    .trimEnd()
    .split("\n")
    .map((line) => {
      const [day = "", refs = "", ...subject] = line.split("\t");
      return {
        day,
        subject: subject.join("\t"),
        tags: [...refs.matchAll(/tag: ([^,]+)/g)].map((match) => match[1] ?? ""),
      };
    });
}

if (import.meta.main) {
  const commits = readCommits();
  writeFileSync("CHANGELOG.md", changelog(commits));
  console.log(`CHANGELOG.md: ${commits.length} commits read`);
}
