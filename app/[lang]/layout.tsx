import type { Metadata, Viewport } from "next";
import { headers } from "next/headers";
import { notFound } from "next/navigation";
import type { ReactNode } from "react";
import "#app/globals.css";
import { isLanguage } from "#locales/languages.ts";
import { getT } from "#locales/server.ts";

type Props = { children: ReactNode; params: Promise<{ lang: string }> };

export const metadata: Metadata = {
  title: { default: "Belvedere", template: "%s · Belvedere" },
  robots: { index: false, follow: false },
};
// The surface colour of globals.css in each theme; a browser's bar takes no OKLCH.
export const viewport: Viewport = {
  colorScheme: "light dark",
  themeColor: [
    { media: "(prefers-color-scheme: light)", color: "#ffffff" },
    { media: "(prefers-color-scheme: dark)", color: "#181b23" },
  ],
};
/** Each page carries its own nonce. */
export const dynamic = "force-dynamic";

export default async function RootLayout({ children, params }: Props) {
  const { lang } = await params;
  if (!isLanguage(lang)) notFound();
  const t = await getT(lang, "common");
  // Not by cookies(), which puts what proxy.ts ends with this page in the place of what was sent with it.
  const [, theme] = /(?:^|; )theme=(light|dark)(?:;|$)/.exec((await headers()).get("cookie") ?? "") ?? [];
  return (
    <html lang={lang} dir="ltr" data-theme={theme}>
      <body>
        <a
          href="#content"
          className="fixed top-2 left-2 z-20 -translate-y-16 rounded-md bg-accent px-3 py-2 font-medium text-on-accent focus:translate-y-0 print:hidden"
        >
          {t("skipToContent")}
        </a>
        {children}
      </body>
    </html>
  );
}
