// Holds the tree to the layout that ARCHITECTURE.md describes: names, places, sizes and words no linter rule covers.
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";

export type SourceFile = { path: string; text: string };

const topLevel = /^(app|bench|components|db|docs|emulators|locales|public|scripts|server|tests|\.ci)\//;
const rootFiles =
  /^(README|ARCHITECTURE|CONTRIBUTING|CHANGELOG)\.md$|^(LICENSE|NOTICE|proxy\.ts|instrumentation\.ts|knip\.json|package(-lock)?\.json|tsconfig\.json|next\.config\.js|(vitest|playwright)\.config\.ts|postcss\.config\.mjs|\.(oxlintrc|oxfmtrc)\.json|\.env\.example|\.gitignore|\.gitattributes|\.npmrc|\.editorconfig|Dockerfile|compose\.yaml|\.dockerignore)$/;
const serverRoot =
  /^server\/(auth|caller|context|env|errors|log|permissions|route|router|session|trpc)(\.test)?\.ts$/;
/** One list for every noun; a folder that outgrows it is two nouns. */
const nounFile =
  /^server\/[a-z-]+\/((router|schema|handler|queries(-[a-z-]+)?|rules|service)(\.test)?\.ts|connectors\/.+)$/;
/** Machinery without pages: these folders name their own files. */
const flatFolder = /^server\/(audit|auth|http|jobs|mail|secrets)\/[^/]+\.ts$/;
const syncFile = /^server\/sync\/(snapshot(\.test)?|conformance\.test)\.ts$/;
const drawer = /^(utils?|helpers?|common|misc|shared|lib|index)$/;
const defaultExport = /\/(page|layout|error|global-error|not-found|template|default)\.tsx$/;
const generated = /^db\/(types\.ts|migrations\/)|^next-env\.d\.ts$/;
const code = /\.(ts|tsx|js|mjs|sql|css)$/;

const forbidden: { text: RegExp; where?: RegExp; except?: RegExp; because: string }[] = [
  { text: /^\s*["']use server["']/m, because: "no Server Actions (docs/decisions/0004)" },
  {
    text: /["']use cache|\bunstable_cache\b|["']force-cache["']|\brevalidate\s*[:=]/,
    where: /^(app|components|server|locales)\/|^[^/]+$/,
    because: "no cached data (docs/decisions/0004)",
  },
  { text: /["']next\/(legacy\/)?image["']/, because: "no image optimizer (docs/decisions/0004)" },
  { text: /\sstyle=/, where: /\.tsx$/, because: "no inline style: the content security policy refuses it" },
  {
    text: /\b(sql|CompiledQuery)\s*\.raw\b/,
    except: /^db\/(client|migrate)\.ts$/,
    because: "raw SQL text only in db/client.ts and db/migrate.ts",
  },
  {
    text: /^export default|\bas default\b/m,
    where: /^app\/.*\.tsx?$/,
    except: defaultExport,
    because: "a default export only where Next demands it",
  },
  { text: /\bTODO(?!\(#\d+\):)|\bFIXME\b/, because: "an open end names its issue, TODO(#12):" },
  { text: /(oxlint|eslint)-disable(?!.* -- \w)/, because: "a suppression gives its reason after --" },
];

/** Segments of the path that a name rule applies to: `[customerId]` and `(portal)` are Next's and count by their inner word. */
const isKebab = (segment: string) =>
  /^[a-z0-9.]+(-[a-z0-9.]+)*$/.test(segment) || /^[([]+(\.\.\.)?[a-zA-Z-]+[)\]]+$/.test(segment);

function placeProblem(path: string): string | undefined {
  if (!topLevel.test(path)) return rootFiles.test(path) ? undefined : "unknown at the top level";
  const folders = path.split("/").slice(1, -1);
  if (folders.filter((folder) => !folder.startsWith("(")).length > 4) return "deeper than four folders";
  const named = path.startsWith("docs/") ? folders : [...folders, basename(path)];
  if (!/\.(md|sql|csv|png|svg|woff2|txt)$/.test(path) && !named.every(isKebab)) return "not kebab-case";
  const isLocale = path.startsWith("locales/") && path.endsWith(".json");
  const words = [...folders, ...(isLocale ? [] : [basename(path).split(".")[0] ?? ""])];
  if (words.some((word) => drawer.test(word))) return "a drawer or a barrel: name it after what it holds";
  if (
    path.startsWith("server/") &&
    ![serverRoot, nounFile, flatFolder, syncFile].some((list) => list.test(path))
  )
    return "not in the closed list of server files (CONTRIBUTING.md)";
  return undefined;
}

function textProblems({ path, text }: SourceFile): string[] {
  if (!code.test(path)) return [];
  const problems = forbidden
    .filter((rule) => rule.text.test(text) && (rule.where?.test(path) ?? true) && !rule.except?.test(path))
    .map((rule) => rule.because);
  const limit = /\.(test|e2e)\.tsx?$/.test(path) ? 600 : 300;
  const lines = text.trimEnd().split("\n").length;
  if (lines > limit && !generated.test(path)) problems.push(`${lines} lines, at most ${limit}`);
  if (/^(server|db)\/(?!types\.ts$)/.test(path) && !/^(\/\/|\/\*\*?|--) *\S+( +\S+){2,}/.test(text))
    problems.push("does not open with a sentence that says what it is for");
  return problems;
}

/** What the pages of a server noun read: `customers/page.tsx` → customers, `customers/[customerId]/page.tsx` → customer. */
function missingLocales(paths: ReadonlySet<string>): string[] {
  const nouns = new Set([...paths].map((path) => /^server\/([a-z-]+)\//.exec(path)?.[1]));
  return [...paths].flatMap((page) => {
    const [, noun = "", parameter] =
      /^app\/\[lang\]\/(?:\(.+?\)\/)?([a-z-]+)\/(?:\[(\w+)Id\]\/)?(?:.+\/)?page\.tsx$/.exec(page) ?? [];
    if (!nouns.has(noun)) return [];
    return ["en", "it", "fr"]
      .map((language) => `locales/${language}/${parameter ?? noun}.json`)
      .filter((file) => !paths.has(file))
      .map((file) => `${page}: needs ${file}`);
  });
}

export function structureProblems(files: readonly SourceFile[]): string[] {
  const found = files.flatMap((file) => {
    const place = placeProblem(file.path);
    return [...(place ? [place] : []), ...textProblems(file)].map((problem) => `${file.path}: ${problem}`);
  });
  return [...found, ...missingLocales(new Set(files.map((file) => file.path)))].toSorted();
}

const ignored =
  /^(node_modules|\.next|\.data|\.tmp|\.git|test-results|playwright-report|next-env\.d\.ts|.*\.tsbuildinfo)$/;

/** Every file of the repository, without git: a downloaded archive is checked too. */
export function readTree(root: string): SourceFile[] {
  return readdirSync(root, { withFileTypes: true })
    .filter((entry) => !ignored.test(entry.name))
    .flatMap((entry) =>
      entry.isDirectory()
        ? readdirSync(join(root, entry.name), { withFileTypes: true, recursive: true })
        : [entry],
    )
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((file) => ({
      path: file.slice(root.length + 1).replaceAll("\\", "/"),
      text: readFileSync(file, "utf8"),
    }));
}

if (import.meta.main) {
  const files = readTree(process.cwd());
  const problems = structureProblems(files);
  for (const problem of problems) console.error(problem);
  console.log(`structure: ${files.length} files, ${problems.length} problems`);
  process.exitCode = problems.length > 0 || files.length === 0 ? 1 : 0;
}
