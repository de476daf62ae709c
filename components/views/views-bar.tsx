import "./views.css";
import { Notice } from "#components/ui/notice.tsx";
import { Button } from "#components/ui/button.tsx";
import type { Language } from "#locales/languages.ts";
import { errorText, isErrorCode } from "#locales/resources.ts";
import { getT } from "#locales/server.ts";
import { type OpenedView, type View, type ViewList, viewNotices } from "#server/views/schema.ts";
import { filterNames } from "./filter-names.ts";
import { ViewsMenu } from "./views-menu.tsx";

type Query = Record<string, string | string[] | undefined>;
type Props = {
  list: ViewList;
  /** The view that the address names: null where it is not there, undefined where it names none. */
  opened: OpenedView | null | undefined;
  /** The columns that the list shows, in their order. */
  columns: readonly string[];
  query: Query;
  lang: Language;
  membershipId: string;
};
const first = (query: Query, name: string) => [query[name]].flat()[0];

/** Views of the list: open one, keep what is shown, change the one that is open; and what became of the last change. */
export async function ViewsBar({ list, opened, columns, query, lang, membershipId }: Props) {
  const t = await getT(lang, "views");
  const { address } = list;
  const current = list.views.find((view) => (opened ? view.id === opened.id : view.query === address));
  const form = `?membership=${membershipId}&lang=${lang}`;
  const refused = first(query, "viewError");
  const isRefused = refused !== undefined && isErrorCode(refused);
  const typed = first(query, "viewName");
  return (
    <div className="views">
      <ViewsMenu
        form={form}
        list={`/${lang}/customers`}
        views={list.views.map((view) => [
          view.id,
          view.name,
          (view.isOwn ? 1 : 0) + (view.isShared ? 2 : 0) + (view.isDefault ? 4 : 0) + (view.isLeft ? 8 : 0),
          view.isOwn ? "" : t("by", { owner: view.owner }),
        ])}
        current={current?.id ?? ""}
        mayShare={list.mayShare}
        address={address}
        columns={columns.join(",")}
        hasColumns={new URLSearchParams(address).has("columns")}
        typed={isRefused && typed !== undefined ? typed : ""}
        wrong={isRefused ? (opened ? "change" : "save") : ""}
        wrongName={
          isRefused && refused.startsWith("view.name") ? errorText(lang, refused).message : undefined
        }
        texts={{
          label: t("label"),
          menu: t("menu"),
          all: t("all"),
          own: t("own"),
          team: t("team"),
          none: t("none"),
          isDefault: t("isDefault"),
          isShared: t("isShared"),
          ...t("save", { returnObjects: true }),
          change: current
            ? {
                ...t("change", { returnObjects: true }),
                of: t("change.of", { name: current.name }),
                ownedBy: t(current.isLeft ? "leftBy" : "change.ownedBy", { owner: current.owner }),
              }
            : undefined,
        }}
      />
      <Outcome query={query} lang={lang} form={form} />
      {opened === null && (
        <Notice tone="warning" title={t("missing.title")}>
          {errorText(lang, "view.notFound").message} {t("missing.action")}
        </Notice>
      )}
      {opened && opened.gone.length > 0 && <Missing opened={opened} lang={lang} form={form} />}
      {isRefused && (
        <Notice tone="danger" title={t("notice.refused")}>
          {errorText(lang, refused).message}
        </Notice>
      )}
    </div>
  );
}

type Forms = { lang: Language; form: string };

async function Outcome({ query, lang, form }: Forms & { query: Query }) {
  const t = await getT(lang, "views");
  const notice = viewNotices.find((one) => one === first(query, "viewNotice"));
  if (notice === undefined) return null;
  const deleted = notice === "deleted" ? first(query, "deleted") : undefined;
  return (
    <output>
      <Notice
        tone="positive"
        title={t(`notice.${notice}`)}
        action={
          deleted !== undefined && (
            <form method="post" action={`/api/views/${encodeURIComponent(deleted)}${form}`}>
              <Button type="submit" size="small" name="action" value="restore">
                {t("notice.undo")}
              </Button>
            </form>
          )
        }
      />
    </output>
  );
}

/** What the view names and the list no longer has; its owner may keep it as it is shown. */
async function Missing({ opened, lang, form }: Forms & { opened: View & OpenedView }) {
  const [t, nameOf] = await Promise.all([getT(lang, "views"), filterNames(lang)]);
  const said = opened.gone.map(({ name, value }) =>
    name === "group"
      ? t("gone.group")
      : name === "columns"
        ? t("gone.column", { value })
        : name === "sort"
          ? t("gone.sort", { value: value.replace(/^-/, "") })
          : t("gone.filter", { name: nameOf(name), value }),
  );
  return (
    <Notice
      tone="warning"
      title={t("gone.title")}
      action={
        opened.isOwn && (
          <form method="post" action={`/api/views${form}`}>
            <input type="hidden" name="replaces" value={opened.id} />
            <input type="hidden" name="query" value={opened.query} />
            <Button type="submit" size="small">
              {t("gone.update")}
            </Button>
          </form>
        )
      }
    >
      <p>{t("gone.about")}</p>
      <ul className="list-disc pl-5">
        {said.map((one) => (
          <li key={one}>
            <bdi>{one}</bdi>
          </li>
        ))}
      </ul>
    </Notice>
  );
}
