import { notFound } from "next/navigation";

/** Every address that no page has: without this, Next.js would answer with a page of its own, in English. */
export default function UnknownPage() {
  notFound();
}
