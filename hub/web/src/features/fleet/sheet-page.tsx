import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Button } from '@/components/ui/button';
import { EmptyPanel } from '@/components/ui/empty-panel';
import { StrapOffIcon } from '@/components/ui/first-icons';
import { Loaded } from '@/components/ui/loaded';
import { Page } from '@/components/ui/page';
import { useWords } from '@/words/catalogue';
import { sensorWords } from '@/words/sensors';
import { sheetQuery } from './sensors';

/** The strap sheet, page by page as the hub lays it out; the browser prints it. */
export function SheetPage({ back }: { back: ReactNode }) {
  const words = useWords(sensorWords).sheetPage;
  const sheet = useQuery(sheetQuery);
  return (
    <Page
      title={words.title}
      subtitle={<span className="print:hidden">{words.hint}</span>}
      back={<span className="print:hidden">{back}</span>}
      actions={
        <Button look="solid" className="print:hidden" onClick={() => globalThis.print()}>
          {words.print}
        </Button>
      }
    >
      <Loaded query={sheet} what={words.what}>
        {text =>
          text.trim() === '' ? (
            <EmptyPanel icon={<StrapOffIcon className="size-9" />} title={words.none}>
              {words.hint}
            </EmptyPanel>
          ) : (
            <div className="flex flex-wrap gap-6 print:block">
              {text.split('\f').map(page => (
                // black on white in any theme, or no scanner reads it; lines so high that squares are square and have no gaps
                <pre
                  key={page}
                  className="max-w-full overflow-x-auto bg-white p-4 font-mono text-[0.6rem] leading-[1.16] text-black print:break-after-page"
                >
                  {page}
                </pre>
              ))}
            </div>
          )
        }
      </Loaded>
    </Page>
  );
}
