import { ShownText } from './shown-text';

interface ShownOnceProps {
  /** What the secret is called. */
  label: string;
  /** What it is good for, and until when. */
  hint: string;
  secret: string;
}

/** A secret that nobody can look up again: to be copied now. */
export function ShownOnce({ label, hint, secret }: ShownOnceProps) {
  return (
    <div
      role="status"
      data-part="secret"
      className="flex flex-col gap-2 rounded-xl border border-line-strong bg-raised p-3"
    >
      <p>{hint}</p>
      <ShownText label={label} text={secret} />
    </div>
  );
}
