import { Notice } from "#components/ui/notice.tsx";
import { errorText, isErrorCode } from "#locales/resources.ts";
import { getT } from "#locales/server.ts";
import { acts } from "#server/warnings/schema.ts";
import { sentBack, type WarningView } from "./warning-view.ts";

/** What became of the form about a reason that led here. */
export async function WarningNotice({ view }: { view: WarningView }) {
  const t = await getT(view.lang, "warnings");
  const act = acts.find((one) => one === sentBack(view, "handled"));
  if (act !== undefined)
    return (
      <output className="mb-4 block">
        <Notice tone="positive" title={t(`notice.${act}`)}>
          {act === "assign" || act === "comment" ? undefined : t("notice.soon")}
        </Notice>
      </output>
    );
  const refused = sentBack(view, "refused");
  if (refused === undefined || !isErrorCode(refused)) return null;
  // Who has by now what the form was about.
  const holder = view.warnings.reasons.find(
    ({ reason, subject }) =>
      reason.code === sentBack(view, "code") && subject === (sentBack(view, "subject") ?? ""),
  )?.assignee?.name;
  return (
    <div className="mb-4">
      <Notice tone="danger" title={t("notice.refused")}>
        {refused === "work.assigned" && holder !== undefined
          ? t("notice.takenBy", { name: holder })
          : errorText(view.lang, refused).message}
      </Notice>
    </div>
  );
}
