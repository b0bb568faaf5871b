import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { SwapIcon } from '@/components/ui/first-icons';
import { useWords } from '@/words/catalogue';
import { strapWords } from '@/words/straps';
import { SwapDialog } from './swap-dialog';

/** On an athlete's page: the first of the two taps. */
export function SwapButton({ athleteId }: { athleteId: string }) {
  const words = useWords(strapWords);
  const [isOpen, setIsOpen] = useState(false);
  return (
    <>
      <Button onClick={() => setIsOpen(true)}>
        <SwapIcon /> {words.swap}
      </Button>
      {isOpen && <SwapDialog athleteId={athleteId} onClose={() => setIsOpen(false)} />}
    </>
  );
}
