import { Button } from "#components/ui/button.tsx";
import { HeldValue } from "#components/ui/held-value.tsx";
import { Notice } from "#components/ui/notice.tsx";
import type { Language } from "#locales/languages.ts";
import { getT } from "#locales/server.ts";
import type { CustomerRecord } from "#server/records/schema.ts";

/** What became of a form of the panel; a new name with the one before it (`was`, undefined: not known) and the click that gives that back. */
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
            <form method="post" action={action}>
              <input type="hidden" name="act" value="rename" />
              <HeldValue name="name" value={was} />
              <HeldValue name="seen" value={record.nameShown} />
              <input type="hidden" name="return" value={returnTo} />
              <Button type="submit" size="small">
                {t("edit.undo")}
              </Button>
            </form>
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
