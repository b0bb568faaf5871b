import { Link, useRouter } from '@tanstack/react-router';
import type { ErrorComponentProps } from '@tanstack/react-router';
import { EmptyPanel } from '@/components/ui/empty-panel';
import { NoSensorIcon } from '@/components/ui/icons';
import { MainPlace } from '@/components/ui/main-place';
import { useWords } from '@/words/catalogue';
import { routeWords } from '@/words/route-states';
import { ProblemPanel } from '@/components/ui/problem-panel';

export function NotFound() {
  const words = useWords(routeWords);
  return (
    <MainPlace title={words.notFound} className="grid min-h-dvh place-items-center">
      <EmptyPanel icon={<NoSensorIcon className="size-9" />} title={words.noPage}>
        {words.noPageHint}{' '}
        <Link to="/" className="font-medium text-accent underline">
          {words.toStart}
        </Link>
      </EmptyPanel>
    </MainPlace>
  );
}

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
