import { Button } from "#components/ui/button.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { TextInput } from "#components/ui/input.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { Section } from "#components/ui/section.tsx";
import { getT } from "#locales/server.ts";
import { isCategory } from "#components/accounts/category.ts";
import type { MonthlyAccount, Wizard } from "#server/monthly-accounts/schema.ts";
import { PostForm, type PostTarget } from "./post-form.tsx";

/** The second step: a quantity per product, by category; `isSent` shows what is wrong. */
export async function LicencesForm({
  account,
  products,
  isSent,
  back,
  target,
}: {
  account: MonthlyAccount;
  products: Wizard["products"];
  isSent: boolean;
  back: string;
  target: PostTarget;
}) {
  const { lang } = target;
  const [t, list] = await Promise.all([getT(lang, "accounts"), getT(lang, "customers")]);
  if (products.length === 0)
    return <EmptyState title={t("new.noProducts")} reason={t("new.noProductsWhy")} />;
  const typed = new Map(account.lines.map(({ code, quantity }) => [code, quantity]));
  const isEmpty = isSent && account.lines.length === 0;
  return (
    <Section id="licences" title={t("new.step.licences")}>
      <PostForm target={target} fields={{ step: "licences" }} className="flex flex-col gap-5">
        <Notice title={t("new.fullPrice")}>{t("new.licencesHint")}</Notice>
        {isEmpty && <Notice tone="danger" title={t("new.noneChosen")} />}
        {[...Map.groupBy(products, ({ category }) => category)].map(([category, group]) => (
          <fieldset key={category} className="min-w-0">
            <legend className="mb-1 font-semibold">
              {isCategory(category) ? list(`category.${category}`) : category}
            </legend>
            <ul className="divide-y divide-line border-y border-line">
              {group.map(({ code, name }) => {
                const isWrong = isSent && account.lineFaults.includes(code);
                return (
                  <li key={code} className="flex flex-wrap items-center gap-x-6 gap-y-1 py-2">
                    <label htmlFor={`quantity-${code}`} className="min-w-0 flex-1 basis-56">
                      {name} <span className="text-caption text-ink-soft">{code}</span>
                      {isWrong && (
                        <span className="block text-caption text-danger" id={`fault-${code}`}>
                          {t("new.quantityFault")}
                        </span>
                      )}
                    </label>
                    <TextInput
                      id={`quantity-${code}`}
                      name={`quantity:${code}`}
                      inputMode="numeric"
                      defaultValue={typed.get(code)}
                      maxLength={20}
                      placeholder="–"
                      aria-label={t("new.quantityOf", { product: name })}
                      {...(isWrong && { "aria-invalid": true, "aria-describedby": `fault-${code}` })}
                      className="max-w-28 text-right"
                    />
                  </li>
                );
              })}
            </ul>
          </fieldset>
        ))}
        <div className="flex flex-wrap gap-3">
          <Button type="submit" variant="primary">
            {t("new.next.licences")}
          </Button>
          <LinkButton href={back}>{t("new.goBack")}</LinkButton>
        </div>
      </PostForm>
    </Section>
  );
}
