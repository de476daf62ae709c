import { Button } from "#components/ui/button.tsx";
import { Section } from "#components/ui/section.tsx";
import { formatDay, formatNumber } from "#locales/format.ts";
import { getT } from "#locales/server.ts";
import type { UnlinkDetails } from "#server/unlinks/schema.ts";
import { PostForm, type PostTarget } from "./post-form.tsx";

/** All accounts of a customer at once, where it has several: one that is refused refuses all. */
export async function UnlinkAll({
  accounts,
  target,
}: {
  accounts: UnlinkDetails["accounts"];
  target: PostTarget;
}) {
  const { lang } = target;
  const t = await getT(lang, "accounts");
  const open = accounts.filter(({ unlinkOn }) => unlinkOn === null);
  const planned = accounts.length - open.length;
  const isRefused = open.some(({ plan }) => plan.kind === "refused");
  const [first] = open.flatMap(({ plan }) => (plan.kind === "scheduled" ? [plan.on] : []));
  const count = { count: open.length, formatted: formatNumber(lang, open.length) };
  return (
    <Section id="all" title={t("unlink.all")}>
      {open.length > 0 && (
        <p className="mb-3 max-w-prose">
          {isRefused
            ? t("unlink.allRefused")
            : first === undefined
              ? t("unlink.allNow", count)
              : t("unlink.allScheduled", { day: formatDay(lang, first) })}
        </p>
      )}
      {!isRefused && <p className="mb-3 max-w-prose text-caption text-ink-soft">{t("unlink.allUndo")}</p>}
      <div className="flex flex-wrap gap-3">
        {open.length > 0 && !isRefused && (
          <PostForm target={target} fields={{ action: "unlink" }}>
            <Button type="submit" variant="danger">
              {t("unlink.allSubmit")}
            </Button>
          </PostForm>
        )}
        {planned > 0 && (
          <PostForm target={target} fields={{ action: "cancel" }}>
            <Button type="submit">{t("unlink.allCancel")}</Button>
          </PostForm>
        )}
      </div>
    </Section>
  );
}
