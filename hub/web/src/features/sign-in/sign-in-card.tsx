import type { ReactNode } from 'react';
import { PulseIcon } from '@/components/ui/first-icons';
import { MainPlace } from '@/components/ui/main-place';
import { useWords } from '@/words/catalogue';
import { signInWords } from '@/words/sign-in';

/** The card in the middle of the page, whichever step stands in it. */
export function SignInCard({ title, children }: { title: string; children: ReactNode }) {
  const words = useWords(signInWords);
  return (
    <MainPlace title={title} className="grid min-h-dvh place-items-center bg-page p-4">
      <div className="w-full max-w-sm">
        <div className="mb-6 flex items-center justify-center gap-2.5">
          <PulseIcon className="size-8 text-accent" />
          <span className="text-xl font-bold tracking-tight">Smart Training System</span>
        </div>
        <div className="rounded-2xl border border-line bg-surface p-6 shadow-sm sm:p-8">
          <h1 className="mb-5 text-lg font-semibold">{title}</h1>
          {children}
        </div>
        <p className="mt-5 px-2 text-center text-sm text-pretty text-ink-soft">{words.noAccount}</p>
      </div>
    </MainPlace>
  );
}
