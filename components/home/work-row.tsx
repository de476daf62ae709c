import Link from "next/link";
import { Badge } from "#components/ui/badge.tsx";
import { getT } from "#locales/server.ts";
import type { WorkItem } from "#server/home/schema.ts";
import type { HomeView } from "./home-view.ts";
import { TakeForm } from "./take-form.tsx";
import { waitingSince, type WorkText } from "./work-words.ts";

/** One piece of work: whose, what, since when and what to do, one click from where it is settled. */
export async function WorkRow({ item, text, view }: { item: WorkItem; text: WorkText; view: HomeView }) {
  const t = await getT(view.lang, "home");
  const { customer, assignee } = item;
  const what = customer === null ? text.title : `${customer.name}, ${text.title}`;
  return (
    <li
      className="flex flex-wrap items-start gap-x-6 gap-y-2 px-4 py-3 sm:px-5"
      data-work={item.kind}
      data-row-id={item.subjectId}
    >
      <div className="min-w-0 flex-1 basis-64">
        <p className="flex flex-wrap items-baseline gap-x-3 gap-y-1">
          <Link
            href={text.href}
            prefetch={false}
            className="min-w-0 break-words underline-offset-2 hover:underline"
          >
            {customer !== null && (
              <>
                <bdi className="font-semibold">{customer.name}</bdi>
                <span className="text-ink-soft"> · </span>
              </>
            )}
            {text.title}
          </Link>
          {text.news !== undefined && <Badge tone="accent">{text.news}</Badge>}
        </p>
        {text.advice !== undefined && (
          <p className="mt-0.5 max-w-prose break-words text-caption text-ink-soft">{text.advice}</p>
        )}
      </div>
      <div className="flex basis-full flex-wrap items-center justify-between gap-x-4 gap-y-1 text-caption sm:basis-auto sm:justify-end">
        <span className="text-ink-soft sm:text-right">
          <time dateTime={waitingSince(item) ?? undefined} title={text.at}>
            {text.time}
          </time>
          {assignee !== null && (
            <span className="block">
              {assignee.isMe ? t("item.mine") : t("item.assigned", { name: assignee.name })}
            </span>
          )}
        </span>
        {item.mayTake && <TakeForm item={item} view={view} what={what} />}
      </div>
    </li>
  );
}
