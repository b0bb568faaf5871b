import { useRouter } from '@tanstack/react-router';
import type { ErrorComponentProps } from '@tanstack/react-router';
import { MainPlace } from '@/components/ui/main-place';
import { ProblemPanel } from '@/components/ui/problem-panel';
import { useWords } from '@/words/catalogue';
import { routeWords } from '@/words/route-states';

export function RouteFailed({ error, reset }: ErrorComponentProps) {
  const words = useWords(routeWords);
  const router = useRouter();
  const retry = () => {
    reset();
    void router.invalidate();
  };
  return (
    <MainPlace title={words.fault} className="grid min-h-dvh place-items-center">
      <ProblemPanel what={words.thisPage} error={error} onRetry={retry} />
    </MainPlace>
  );
}
