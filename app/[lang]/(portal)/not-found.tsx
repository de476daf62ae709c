import { NotFoundMessage } from "#components/layout/not-found.tsx";

/** Inside the shell, so that the way on stays in view. */
export default function NotFound() {
  return <NotFoundMessage />;
}
