import { About } from "#components/figures/about.tsx";
import { Badge, type Tone } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { CheckIcon, ClockIcon, CloseIcon, KeyIcon, TriangleIcon } from "#components/ui/icons.tsx";
import { Section } from "#components/ui/section.tsx";
import { HeaderCell, Table, TableFrame } from "#components/ui/table.tsx";
import { formatDate, formatDateTime } from "#locales/format.ts";
import type { Language } from "#locales/languages.ts";
import { getT } from "#locales/server.ts";
import { type TokenPermission, tokenPermissions, type TokenRow } from "#server/tokens/schema.ts";
import { permissionKeys } from "./permission-words.ts";

const looks: Record<TokenRow["state"], { tone: Tone; icon: typeof CheckIcon }> = {
  active: { tone: "positive", icon: CheckIcon },
  expired: { tone: "disabled", icon: ClockIcon },
  revoked: { tone: "disabled", icon: CloseIcon },
  dormant: { tone: "warning", icon: TriangleIcon },
};
const isKnown = (permission: string): permission is TokenPermission =>
  tokenPermissions.some((one) => one === permission);

/** Every token with what it may do, when it was used and a button that ends it at once. */
export async function TokenList({
  tokens,
  showsMaker,
  lang,
  timeZone,
  membershipId,
}: {
  tokens: readonly TokenRow[];
  showsMaker: boolean;
  lang: Language;
  timeZone: string;
  membershipId: string;
}) {
  const t = await getT(lang, "tokens");
  if (tokens.length === 0)
    return (
      <Section id="tokens" title={t("list.title")}>
        <EmptyState
          level={3}
          icon={<KeyIcon className="size-8" />}
          title={t("list.empty")}
          reason={t("list.emptyReason")}
        />
      </Section>
    );
  return (
    <section aria-labelledby="tokens-title" className="mb-6">
      <h2 id="tokens-title" className="mb-3 text-prose font-semibold">
        {t("list.title")}
      </h2>
      <TableFrame label={t("list.title")} hint={t("list.scroll")}>
        <Table caption={t("list.title")} density="comfortable">
          <thead>
            <tr>
              <HeaderCell>{t("list.name")}</HeaderCell>
              <HeaderCell explanation={<About figure="tokenState" lang={lang} />}>
                {t("list.state")}
              </HeaderCell>
              <HeaderCell>{t("list.may")}</HeaderCell>
              {showsMaker && <HeaderCell>{t("list.maker")}</HeaderCell>}
              <HeaderCell explanation={<About figure="tokenUsed" lang={lang} />}>{t("list.used")}</HeaderCell>
              <HeaderCell explanation={<About figure="tokenEnds" lang={lang} />}>{t("list.ends")}</HeaderCell>
              <HeaderCell>{t("list.actions")}</HeaderCell>
            </tr>
          </thead>
          <tbody>
            {tokens.map((token) => {
              const { tone, icon: Icon } = looks[token.state];
              const may = token.permissions
                .filter(isKnown)
                .map((permission) => t(permissionKeys[permission]));
              return (
                <tr key={token.id} data-row-id={token.id}>
                  <th scope="row">
                    <bdi className="block truncate font-medium" title={token.name}>
                      {token.name}
                    </bdi>
                  </th>
                  <td title={token.state === "dormant" ? t("dormantHint") : undefined}>
                    <Badge tone={tone} icon={<Icon className="size-3.5" />}>
                      {t(`state.${token.state}`)}
                    </Badge>
                  </td>
                  <td>
                    <span className="block min-w-44 py-1.5 whitespace-normal">
                      {may.join(" · ")}
                      {token.source !== null && (
                        <span className="text-ink-soft"> {t("list.into", { source: token.source })}</span>
                      )}
                    </span>
                  </td>
                  {showsMaker && (
                    <td>
                      <bdi>{token.maker}</bdi>
                    </td>
                  )}
                  <td>
                    {token.lastUsedAt === null
                      ? t("list.never")
                      : formatDateTime(lang, timeZone, new Date(token.lastUsedAt))}
                    {token.lastUsedFrom !== "" && (
                      <span className="block text-caption text-ink-soft">
                        {t("list.from", { address: token.lastUsedFrom })}
                      </span>
                    )}
                  </td>
                  <td>{formatDate(lang, timeZone, new Date(token.expiresAt))}</td>
                  <td>
                    {(token.state === "active" || token.state === "dormant") && (
                      <form
                        method="post"
                        action={`/api/tokens/${token.id}/revoke?lang=${lang}&membership=${membershipId}`}
                      >
                        <Button
                          type="submit"
                          size="small"
                          variant="secondary"
                          aria-label={t("list.revokeNamed", { name: token.name })}
                        >
                          {t("list.revoke")}
                        </Button>
                      </form>
                    )}
                  </td>
                </tr>
              );
            })}
          </tbody>
        </Table>
      </TableFrame>
    </section>
  );
}
