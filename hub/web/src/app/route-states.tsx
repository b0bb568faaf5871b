import { Link, useRouter } from '@tanstack/react-router';
import type { ErrorComponentProps } from '@tanstack/react-router';
import { EmptyPanel } from '@/components/ui/empty-panel';
import { NoSensorIcon } from '@/components/ui/icons';
import { MainPlace } from '@/components/ui/main-place';
import { ProblemPanel } from '@/components/ui/problem-panel';

export function NotFound() {
  return (
    <MainPlace title="Not found" className="grid min-h-dvh place-items-center">
      <EmptyPanel icon={<NoSensorIcon className="size-9" />} title="There is no such page.">
        The address may be mistyped, or older than this version.{' '}
        <Link to="/" className="font-medium text-accent underline">
          Go to the live wall
        </Link>
      </EmptyPanel>
    </MainPlace>
  );
}

export function RouteFailed({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  const retry = () => {
    reset();
    void router.invalidate();
  };
  return (
    <MainPlace title="Fault" className="grid min-h-dvh place-items-center">
      <ProblemPanel what="This page" error={error} onRetry={retry} />
    </MainPlace>
  );
}
