import type { ReactNode } from 'react';
import { Button } from './button';
import { Refusal } from './refusal';

interface ActFormProps {
  /** What the form asks of the hub. */
  act: { mutate: () => void; isPending: boolean; error: Error | null };
  /** The word on the button that does it. */
  does: string;
  children: ReactNode;
}

/** Fields one below the other, and under them the button that acts, with what the hub refused beside it. */
export function ActForm({ act, does, children }: ActFormProps) {
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={event => {
        event.preventDefault();
        act.mutate();
      }}
    >
      {children}
      <div className="flex flex-wrap items-center justify-end gap-3">
        <Refusal error={act.error} />
        <Button look="solid" type="submit" aria-disabled={act.isPending}>
          {does}
        </Button>
      </div>
    </form>
  );
}
