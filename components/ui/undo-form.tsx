import { Button } from "./button.tsx";
import { HeldValue } from "./held-value.tsx";

type Fields = Readonly<Record<string, string>>;

/** The button that takes a change back, as the action of its notice: sends `fields` to `action`. */
export function UndoForm({ action, fields, label }: { action: string; fields: Fields; label: string }) {
  return (
    <form method="post" action={action}>
      {Object.entries(fields).map(([name, value]) => (
        <HeldValue key={name} name={name} value={value} />
      ))}
      <Button type="submit" size="small">
        {label}
      </Button>
    </form>
  );
}
