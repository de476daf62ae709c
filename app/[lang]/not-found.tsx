import { NotFoundMessage } from "#components/layout/not-found.tsx";

export default function NotFound() {
  return (
    <main id="content" tabIndex={-1} className="grid min-h-dvh place-items-center outline-none">
      <NotFoundMessage />
    </main>
  );
}
