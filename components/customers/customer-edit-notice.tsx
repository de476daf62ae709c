import { Notice } from "#components/ui/notice.tsx";
import { UndoForm } from "#components/ui/undo-form.tsx";
import type { Language } from "#locales/languages.ts";
import { getT } from "#locales/server.ts";
import type { Undo } from "#server/undo/schema.ts";
import { NotSaved } from "./customer-notice.tsx";

const acts = ["add", "change", "remove", "show"] as const;

/** What became of a form of the page, with the one click that takes a removal back. */
export async function CustomerEditNotice({
  fields: { wrong, done },
  undo,
  lang,
  action,
}: {
  fields: Readonly<Record<string, string>>;
  undo: Undo | null;
  lang: Language;
  /** Where the forms of contacts go. */
  action: string;
}) {
  const t = await getT(lang, "customer");
  if (wrong !== undefined) return <NotSaved wrong={wrong} lang={lang} />;
  const act = acts.find((one) => one === done);
  if (act === undefined) return null;
  return (
    <output className="mb-5 block">
      <Notice
        tone="positive"
        title={t(`contacts.done.${act}`)}
        action={act === "remove" && undo && <UndoForm action={action} fields={undo} label={t("edit.undo")} />}
      />
    </output>
  );
}
