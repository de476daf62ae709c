"use client";

import { Fragment, useEffect, useRef } from "react";
import { IconButton } from "#components/ui/button.tsx";
import { CloseIcon } from "#components/ui/icons.tsx";
import type { PaletteContent } from "#server/palette/schema.ts";
import { pagesShown } from "./entries.ts";
import { letters } from "./palette-keys.tsx";
import { hasSingleKeys, setSingleKeys } from "./single-keys.ts";

/** Every key that works on every page, the pages that two keys lead to, and a switch for those that are pressed alone. */
export function HelpSheet({ lang, texts }: { lang: string; texts: PaletteContent["texts"] }) {
  const { help } = texts;
  // Opened out of the palette, whose field took the focus with it.
  const close = useRef<HTMLButtonElement>(null);
  useEffect(() => close.current?.focus(), []);
  const pages = pagesShown().flatMap(({ href, label }) => {
    const [letter] =
      Object.entries(letters).find(([, page]) => href === (page === "" ? `/${lang}` : `/${lang}/${page}`)) ??
      [];
    return letter === undefined ? [] : [[letter, label] as const];
  });
  const command = navigator.platform.startsWith("Mac") ? "⌘" : "Ctrl";
  return (
    <>
      <header>
        <h2>{help.title}</h2>
        <IconButton
          ref={close}
          label={texts.close}
          icon={<CloseIcon />}
          onClick={(event) => event.currentTarget.closest("dialog")?.close()}
        />
      </header>
      <div className="sheet">
        <Keys
          title={help.everywhere}
          rows={[
            [[command, "K"], help.palette],
            [["/"], help.search],
            [["?"], help.help],
            [["Esc"], help.escape],
          ]}
        />
        <Keys
          title={help.goTo}
          rows={pages.map(([letter, label]) => [["g", letter], label])}
          then={help.then}
        />
        <label className="tick">
          <input
            type="checkbox"
            defaultChecked={hasSingleKeys()}
            onChange={(event) => setSingleKeys(event.currentTarget.checked)}
          />
          <span>
            {help.singleKeys}
            <small>{help.singleKeysAbout}</small>
          </span>
        </label>
      </div>
    </>
  );
}

function Keys({
  title,
  rows,
  then = "+",
}: {
  title: string;
  rows: (readonly [keys: readonly string[], text: string])[];
  /** What stands between two keys. */
  then?: string;
}) {
  return (
    <section aria-label={title}>
      <h3>{title}</h3>
      <dl>
        {rows.map(([keys, text]) => (
          <div key={text}>
            <dt>{text}</dt>
            <dd>
              {keys.map((key, index) => (
                <Fragment key={key + index}>
                  {index > 0 && ` ${then} `}
                  <kbd>{key}</kbd>
                </Fragment>
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
