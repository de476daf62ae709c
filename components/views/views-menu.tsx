"use client";

import { useEffect, useRef } from "react";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { Select, TextInput } from "#components/ui/input.tsx";
import { CopyLink } from "./copy-link.tsx";
import { Drop, ViewLink } from "./views-drop.tsx";

/** A view as the browser gets it: `flags` 1 own, 2 shared, 4 what the list opens with, 8 its owner left. */
type ViewTuple = [id: string, name: string, flags: number, owner: string];
type ChangeTexts = Record<
  | "open"
  | "of"
  | "rename"
  | "renameSubmit"
  | "share"
  | "unshare"
  | "setDefault"
  | "clearDefault"
  | "link"
  | "copy"
  | "copied"
  | "delete"
  | "ownedBy",
  string
>;
type ViewsMenuProps = {
  /** What every form's address ends with: membership and language. */
  form: string;
  list: string;
  views: ViewTuple[];
  current: string;
  mayShare: boolean;
  address: string;
  columns: string;
  hasColumns: boolean;
  typed: string;
  /** The form that was refused; it stands open with what was typed. */
  wrong: "save" | "change" | "";
  /** What is wrong with the name that was typed. */
  wrongName: string | undefined;
  texts: Record<
    | "label"
    | "menu"
    | "all"
    | "own"
    | "team"
    | "none"
    | "isDefault"
    | "isShared"
    | "open"
    | "title"
    | "about"
    | "name"
    | "columns"
    | "share"
    | "start"
    | "submit"
    | "replace"
    | "which"
    | "replaceSubmit",
    string
  > & { change: ChangeTexts | undefined };
};

/** A name has 100 characters; some are written with two units. */
const NAME_UNITS = 200;

/** Three disclosures that need no script; with one they close on Escape and on a click elsewhere. */
export function ViewsMenu(props: ViewsMenuProps) {
  const { views, current, texts, list, wrong } = props;
  const bar = useRef<HTMLElement>(null);
  useEffect(() => {
    const open = () => bar.current?.querySelector<HTMLDetailsElement>("details[open]");
    const close = (event: Event) => {
      const details = open();
      if (
        !details ||
        (event.target instanceof Node && details.contains(event.target) && event.type === "pointerdown")
      )
        return;
      if (event instanceof KeyboardEvent && event.key !== "Escape") return;
      if (event.type === "keydown") details.querySelector("summary")?.focus();
      details.open = false;
    };
    document.addEventListener("pointerdown", close);
    document.addEventListener("keydown", close);
    return () => {
      document.removeEventListener("pointerdown", close);
      document.removeEventListener("keydown", close);
    };
  }, []);
  const shown = views.find(([id]) => id === current);
  const group = (label: string, some: readonly ViewTuple[]) =>
    some.length > 0 && (
      <li>
        <p className="of">{label}</p>
        <ul>
          {some.map(([id, name, flags, owner]) => (
            <li key={id}>
              <ViewLink href={`${list}?view=${id}`} isCurrent={id === current}>
                <bdi>{name}</bdi>
                <small>
                  {[owner, flags & 1 && flags & 2 && texts.isShared, flags & 4 && texts.isDefault]
                    .filter(Boolean)
                    .join(" · ")}
                </small>
              </ViewLink>
            </li>
          ))}
        </ul>
      </li>
    );
  return (
    <nav aria-label={texts.label} className="views-bar" ref={bar}>
      <Drop name={<bdi>{shown?.[1] ?? texts.menu}</bdi>} isCurrent={shown !== undefined}>
        <ul className="views-list">
          <li>
            <ViewLink href={`${list}?view=all`} isCurrent={false}>
              {texts.all}
            </ViewLink>
          </li>
          {group(
            texts.own,
            views.filter(([, , flags]) => flags & 1),
          )}
          {group(
            texts.team,
            views.filter(([, , flags]) => !(flags & 1)),
          )}
          {views.length === 0 && <li className="none">{texts.none}</li>}
        </ul>
      </Drop>
      {shown && texts.change ? (
        <Drop name={texts.change.open} isOpen={wrong === "change"}>
          <ChangeForms {...props} view={shown} texts={texts.change} />
        </Drop>
      ) : (
        <Drop name={texts.open} isOpen={wrong === "save"}>
          <SaveForms {...props} />
        </Drop>
      )}
    </nav>
  );
}

/** A new view of what is shown, or what is shown in the place of one's own view. */
function SaveForms(props: ViewsMenuProps) {
  const { texts, form, address, columns, hasColumns, mayShare, typed, wrongName, views } = props;
  const own = views.filter(([, , flags]) => flags & 1);
  return (
    <>
      <form method="post" action={`/api/views${form}`} aria-label={texts.title}>
        <p className="about">{texts.about}</p>
        <input type="hidden" name="query" value={address} />
        <Field id="view-name" label={texts.name} error={wrongName}>
          {(control) => (
            <TextInput
              {...control}
              name="name"
              required
              maxLength={NAME_UNITS}
              defaultValue={typed}
              autoComplete="off"
            />
          )}
        </Field>
        <label className="tick">
          <input type="checkbox" name="columns" value={columns} defaultChecked={hasColumns} />
          {texts.columns}
        </label>
        {mayShare && (
          <label className="tick">
            <input type="checkbox" name="share" />
            {texts.share}
          </label>
        )}
        <label className="tick">
          <input type="checkbox" name="isDefault" />
          {texts.start}
        </label>
        <Button type="submit" variant="primary">
          {texts.submit}
        </Button>
      </form>
      {own.length > 0 && (
        <form method="post" action={`/api/views${form}`} aria-label={texts.replace}>
          <p className="about">{texts.replace}</p>
          <input type="hidden" name="query" value={address} />
          <div className="row">
            <Select
              name="replaces"
              aria-label={texts.which}
              options={own.map(([id, name]) => ({ value: id, label: name }))}
            />
            <Button type="submit">{texts.replaceSubmit}</Button>
          </div>
        </form>
      )}
    </>
  );
}

/**
 * What can be done with the view that is open: everything with one's own; with the team's opening the list with it, and
 * deleting it where nobody else can.
 */
function ChangeForms({
  view: [id, name, flags],
  texts,
  form,
  mayShare,
  typed,
  wrongName,
}: Omit<ViewsMenuProps, "texts"> & { view: ViewTuple; texts: ChangeTexts }) {
  const action = `/api/views/${id}${form}`;
  const isOwn = (flags & 1) !== 0;
  const isShared = (flags & 2) !== 0;
  const isDefault = (flags & 4) !== 0;
  const mayDelete = isOwn || (mayShare && (flags & 8) !== 0);
  return (
    <section aria-label={texts.of}>
      {isOwn ? (
        <form method="post" action={action} aria-label={texts.renameSubmit}>
          <input type="hidden" name="action" value="rename" />
          <Field id="view-name" label={texts.rename} error={wrongName}>
            {(control) => (
              <div className="row">
                <TextInput
                  {...control}
                  name="name"
                  required
                  maxLength={NAME_UNITS}
                  defaultValue={typed === "" ? name : typed}
                  autoComplete="off"
                />
                <Button type="submit">{texts.renameSubmit}</Button>
              </div>
            )}
          </Field>
        </form>
      ) : (
        <p className="about">{texts.ownedBy}</p>
      )}
      <form method="post" action={action}>
        <Button type="submit" name="action" value={isDefault ? "clearDefault" : "setDefault"}>
          {isDefault ? texts.clearDefault : texts.setDefault}
        </Button>
      </form>
      {isOwn && mayShare && (
        <form method="post" action={`/api/views/${id}/share${form}`}>
          <Button type="submit" name="action" value={isShared ? "unshare" : "share"}>
            {isShared ? texts.unshare : texts.share}
          </Button>
        </form>
      )}
      <CopyLink path={`/customers?view=${id}`} label={texts.link} copy={texts.copy} copied={texts.copied} />
      {mayDelete && (
        <form method="post" action={action}>
          <Button type="submit" variant="quiet" className="text-danger" name="action" value="delete">
            {texts.delete}
          </Button>
        </form>
      )}
    </section>
  );
}
