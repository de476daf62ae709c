import type { Language } from "#locales/languages.ts";
import { errorText, isErrorCode } from "#locales/resources.ts";
import { getT } from "#locales/server.ts";
import type { BulkSummary } from "#server/bulk/schema.ts";

/** What a job is called: its action, or the undoing of the opposite one. */
export async function jobName({ action, isUndo }: Pick<BulkSummary, "action" | "isUndo">, lang: Language) {
  const t = await getT(lang, "bulk");
  const name = t(`action.${action}`);
  return isUndo ? t("undoName", { action: name }) : name;
}

/** Why a customer was refused or failed, or what there is to know of it. */
export const reasonText = (lang: Language, code: string): string =>
  isErrorCode(code) ? errorText(lang, code).message : code;
