import type { ReactNode } from "react";
import { EarlyAccessNotice } from "#components/accounts/early-access-notice.tsx";
import { addressLine } from "#components/customers/address-line.ts";
import { StatusBadge } from "#components/customers/status-badge.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { buttonClass } from "#components/ui/button-class.ts";
import { CloseIcon, CoinIcon } from "#components/ui/icons.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { countryName } from "#locales/format.ts";
import type { Language } from "#locales/languages.ts";
import { getT } from "#locales/server.ts";
import type { CustomerRecord } from "#server/records/schema.ts";
import { readUndo, type Undo, type UndoInput } from "#server/undo/schema.ts";
import { ContactList } from "./contact-list.tsx";
import "./contact-panel.css";
import { LaunchPlace } from "./launch-place.tsx";
import { NameForm } from "./name-form.tsx";
import { PanelNotice } from "./panel-notice.tsx";
import { panelHref, searchOf } from "./panel-address.ts";
import { PanelDialog } from "./panel-dialog.tsx";
import { WriteStates } from "./write-states.tsx";

type Query = Record<string, string | string[] | undefined>;
type Page = { query: Query; lang: Language; membershipId: string };
type Read = (input: { panel: string }) => Promise<CustomerRecord | null>;
type OpenUndo = (input: UndoInput) => Promise<Undo | null>;
const oneOf = (query: Query, name: string): string | undefined => [query[name]].flat()[0];

/** The contact panel of the customer that `?panel=` names, over the list; nothing where the address names none. */
export async function ContactPanel({
  query,
  lang,
  membershipId,
  read,
  openUndo,
}: Page & { read: Read; openUndo: OpenUndo }) {
  const customerId = oneOf(query, "panel") ?? "";
  if (customerId === "") return null;
  const [t, record] = await Promise.all([
    getT(lang, "customer"),
    read({ panel: customerId.slice(0, 100).replaceAll("\0", "").toWellFormed() }),
  ]);
  const renamed = readUndo(query, "rename", record?.id);
  const undo = renamed ? await openUndo(renamed) : null;
  const closeHref = panelHref(`/${lang}/customers`, searchOf(query));
  const isEditing = record?.may.edit === true && oneOf(query, "edit") === "name";
  return (
    <PanelDialog
      key={customerId}
      customerId={customerId}
      closeHref={closeHref}
      labelledBy="panel-title"
      step={isEditing ? "edit" : "read"}
    >
      <div className="sticky top-0 z-1 flex items-start gap-3 border-b border-line bg-surface px-4 py-3 sm:px-5">
        <h2
          id="panel-title"
          tabIndex={-1}
          data-first="read"
          className="min-w-0 flex-1 self-center text-prose font-semibold outline-none"
        >
          <bdi>{record?.nameShown ?? t("panel.none")}</bdi>
        </h2>
        <a
          href={closeHref}
          data-close=""
          aria-label={t("panel.close")}
          title={t("panel.close")}
          className={`${buttonClass({ variant: "quiet" })} size-9 shrink-0 px-0`}
        >
          <CloseIcon />
        </a>
      </div>
      {record ? (
        <PanelBody record={record} isEditing={isEditing} page={{ query, lang, membershipId }} undo={undo} />
      ) : (
        <p className="p-4 text-ink-soft sm:p-5">{t("panel.noneWhy")}</p>
      )}
    </PanelDialog>
  );
}

async function PanelBody({
  record,
  isEditing,
  page: { query, lang, membershipId },
  undo,
}: {
  record: CustomerRecord;
  isEditing: boolean;
  page: Page;
  undo: Undo | null;
}) {
  const [t, list, ends] = await Promise.all([
    getT(lang, "customer"),
    getT(lang, "customers"),
    getT(lang, "accounts"),
  ]);
  const [path, search] = [`/${lang}/customers`, searchOf(query)];
  const returnTo = panelHref(path, search, record.id);
  const contacts = record.contacts.filter(({ isHidden }) => !isHidden);
  const address = addressLine(record.address);
  return (
    <>
      <div className="space-y-4 border-b border-line p-4 sm:px-5">
        <div className="flex flex-wrap items-center gap-x-3 gap-y-1.5 text-caption text-ink-soft">
          <StatusBadge status={record.status} lang={lang} />
          {record.licenceState !== null && (
            <Badge>
              {t("panel.licences")} {list(`licenceState.${record.licenceState}`)}
            </Badge>
          )}
          <span className="inline-flex items-center gap-1.5">
            {record.relationship === "order_only" && <CoinIcon className="size-4" />}
            {t(`relationship.${record.relationship}`)}
          </span>
        </div>
        <PanelNotice
          record={record}
          saved={oneOf(query, "saved")}
          was={undo?.["name"]}
          lang={lang}
          membershipId={membershipId}
          returnTo={returnTo}
        />
        {isEditing ? (
          <NameForm
            record={record}
            lang={lang}
            membershipId={membershipId}
            typed={oneOf(query, "name")}
            wrong={oneOf(query, "wrong")}
            returnTo={returnTo}
          />
        ) : (
          <div>
            <h3 className="text-caption text-ink-soft">{t("name.label")}</h3>
            <p className="flex flex-wrap items-center justify-between gap-2">
              <bdi className="min-w-0 font-medium">{record.nameShown}</bdi>
              {record.may.edit && (
                <LinkButton href={panelHref(path, search, record.id, "name")} scroll={false} size="small">
                  {t("name.edit")}
                </LinkButton>
              )}
            </p>
            {record.name !== record.nameShown && (
              <p className="text-caption text-ink-soft">
                {t("facts.legalName")} <bdi>{record.name}</bdi>
              </p>
            )}
            <WriteStates record={record} lang={lang} membershipId={membershipId} returnTo={returnTo} />
          </div>
        )}
        <div className="flex flex-wrap gap-2">
          <LinkButton href={`${path}/${record.id}`} variant="primary">
            {t("panel.details")}
          </LinkButton>
          <LaunchPlace launch={record.launch} lang={lang} />
          {(["convert", "unlink"] as const)
            .filter((page) => record.may[page])
            .map((page) => (
              <LinkButton key={page} href={`${path}/${record.id}/${page}`} size="small">
                {ends(`actions.${page}`)}
              </LinkButton>
            ))}
        </div>
        <EarlyAccessNotice programmes={record.refusing} name={record.nameShown} lang={lang} />
        {record.hasMonthly && record.refusing.length === 0 && (
          <Notice tone="warning" title={t("earlyAccess.title")}>
            {t("earlyAccess.body")}
          </Notice>
        )}
      </div>
      <Part title={t("contacts.title")} isFlush={contacts.length > 0}>
        {contacts.length === 0 ? (
          <p className="text-ink-soft">{t("contacts.emptyWhy")}</p>
        ) : (
          <ContactList contacts={contacts} lang={lang} />
        )}
      </Part>
      <Part title={t("facts.address")}>
        {address === "" && record.country === null ? (
          <p className="text-ink-soft">{t("panel.noAddress")}</p>
        ) : (
          <address className="not-italic">
            {address !== "" && <bdi className="block">{address}</bdi>}
            {record.country !== null && countryName(lang, record.country)}
          </address>
        )}
      </Part>
      {record.relationship !== "order_only" && (
        <Part title={t("groups.title")}>
          {record.groups.length === 0 ? (
            <p className="text-ink-soft">{t("groups.empty")}</p>
          ) : (
            <ul className="flex flex-wrap gap-2">
              {record.groups.map((group) => (
                <li key={group} className="rounded-full bg-sunken px-2.5 py-0.5">
                  <bdi>{group}</bdi>
                </li>
              ))}
            </ul>
          )}
        </Part>
      )}
    </>
  );
}

function Part({
  title,
  isFlush = false,
  children,
}: {
  title: string;
  isFlush?: boolean;
  children: ReactNode;
}) {
  return (
    <div className="border-b border-line last:border-b-0">
      <h3 className="px-4 pt-4 font-semibold sm:px-5">{title}</h3>
      <div className={isFlush ? "" : "px-4 pt-1 pb-4 sm:px-5"}>{children}</div>
    </div>
  );
}
