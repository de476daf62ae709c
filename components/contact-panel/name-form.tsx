import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { HeldValue } from "#components/ui/held-value.tsx";
import { TextInput } from "#components/ui/input.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import type { Language } from "#locales/languages.ts";
import { errorText, isErrorCode } from "#locales/resources.ts";
import { getT } from "#locales/server.ts";
import type { CustomerRecord } from "#server/records/schema.ts";

/** *Name shown as* being edited; after a refusal with what was typed and why, and with the name that stands by now. */
export async function NameForm({
  record,
  lang,
  membershipId,
  typed,
  wrong,
  returnTo,
}: {
  record: CustomerRecord;
  lang: Language;
  membershipId: string;
  typed: string | undefined;
  wrong: string | undefined;
  returnTo: string;
}) {
  const t = await getT(lang, "customer");
  const error = wrong !== undefined && isErrorCode(wrong) ? errorText(lang, wrong).message : undefined;
  const action = `/api/renames/${record.id}?${new URLSearchParams({ lang, membership: membershipId })}`;
  return (
    <form method="post" action={action}>
      <input type="hidden" name="act" value="rename" />
      <HeldValue name="seen" value={record.nameShown} />
      <input type="hidden" name="return" value={returnTo} />
      <Field id="panel-name" label={t("name.label")} hint={t("name.hint")} error={error}>
        {(control) => (
          <TextInput
            {...control}
            name="name"
            required
            dir="auto"
            autoComplete="off"
            defaultValue={typed ?? record.nameShown}
            data-first="edit"
          />
        )}
      </Field>
      {wrong === "customer.changed" && (
        <p className="mt-1.5 text-caption">
          {t("name.now")} <bdi className="font-medium">{record.nameShown}</bdi>
        </p>
      )}
      <div className="mt-3 flex flex-wrap gap-2">
        <Button type="submit" variant="primary">
          {t("edit.save")}
        </Button>
        <LinkButton href={returnTo} scroll={false} variant="quiet">
          {t("edit.cancel")}
        </LinkButton>
      </div>
    </form>
  );
}
