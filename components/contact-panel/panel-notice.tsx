import { Notice } from "#components/ui/notice.tsx";
import { UndoForm } from "#components/ui/undo-form.tsx";
import type { Language } from "#locales/languages.ts";
import { getT } from "#locales/server.ts";
import type { CustomerRecord } from "#server/records/schema.ts";

/** What became of a form of the panel; a new name with the one before it (`was`, where it is known) and the click back to it. */
export async function PanelNotice({
  record,
  saved,
  was,
  lang,
  membershipId,
  returnTo,
}: {
  record: CustomerRecord;
  saved: string | undefined;
  was: string | undefined;
  lang: Language;
  membershipId: string;
  returnTo: string;
}) {
  if (saved !== "rename" && saved !== "retry") return null;
  const t = await getT(lang, "customer");
  const isUndoable = saved === "rename" && record.may.edit && was !== undefined && was !== record.nameShown;
  const action = `/api/renames/${record.id}?${new URLSearchParams({ lang, membership: membershipId })}`;
  return (
    <output className="block">
      {isUndoable ? (
        <Notice
          tone="positive"
          title={t("name.saved")}
          action={
            <UndoForm
              action={action}
              fields={{ act: "rename", name: was, seen: record.nameShown, return: returnTo }}
              label={t("edit.undo")}
            />
          }
        >
          {t("name.before")} <bdi className="font-medium">{was}</bdi>
        </Notice>
      ) : (
        <Notice tone="positive" title={t(saved === "rename" ? "name.saved" : "write.retried")} />
      )}
    </output>
  );
}
