import { Notice } from "#components/ui/notice.tsx";
import type { Language } from "#locales/languages.ts";
import { errorText } from "#locales/resources.ts";
import { getT } from "#locales/server.ts";
import { PinForm } from "./pin-form.tsx";

type Props = {
  query: Record<string, string | string[] | undefined>;
  /** The customer that `?about=` names, as the page knows it; undefined: the page does not show it. */
  name: string | undefined;
  membershipId: string;
  returnTo: string;
  lang: Language;
};

/** What became of the form that pins, with the way back: `?notice=pin.done|unpin.done&about=<customer>`, `?error=pin.tooMany`. */
export async function PinNotice({ query, name, membershipId, returnTo, lang }: Props) {
  const [notice, customerId, error] = ["notice", "about", "error"].map((key) => [query[key]].flat()[0]);
  const t = await getT(lang, "home");
  if (error === "pin.tooMany")
    return (
      <div className="mb-5">
        <Notice tone="danger" title={t("pins.refused")}>
          {errorText(lang, error).message}
        </Notice>
      </div>
    );
  const isPinned = notice === "pin.done";
  if ((!isPinned && notice !== "unpin.done") || customerId === undefined || name === undefined) return null;
  return (
    <output className="mb-5 block">
      <Notice
        tone="positive"
        title={t(isPinned ? "pins.pinned" : "pins.unpinned", { name })}
        action={
          <PinForm
            membershipId={membershipId}
            customerId={customerId}
            isPinned={isPinned}
            returnTo={returnTo}
            lang={lang}
            label={t(isPinned ? "pins.unpinOf" : "pins.pinOf", { name })}
          >
            {t("pins.undo")}
          </PinForm>
        }
      />
    </output>
  );
}
