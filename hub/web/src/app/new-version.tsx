import { useRegisterSW } from 'virtual:pwa-register/react';
import { Button } from '@/components/ui/button';
import { useWords } from '@/words/catalogue';
import { versionWords } from '@/words/version';

/** A tablet by the pitch stays open for days: it asks for a new version by itself, as often as that. */
const ASK_MS = 3_600_000;

/** Keeps the app on this device, and says when the hub has a newer one: nothing changes under somebody's hands. */
export function NewVersion() {
  const words = useWords(versionWords);
  const {
    needRefresh: [isThere],
    updateServiceWorker,
  } = useRegisterSW({
    onRegisteredSW: (_address, registration) => {
      if (registration !== undefined) setInterval(() => void registration.update().catch(() => null), ASK_MS);
    },
  });
  if (!isThere) return null;
  return (
    <div
      role="status"
      className="flex min-h-11 flex-wrap items-center gap-x-4 gap-y-1 border-b border-line bg-raised px-4 py-1 font-medium"
    >
      <p>{words.isThere}</p>
      <Button onClick={() => void updateServiceWorker()}>{words.load}</Button>
    </div>
  );
}
