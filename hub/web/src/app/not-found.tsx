import { Link } from '@tanstack/react-router';
import { EmptyPanel } from '@/components/ui/empty-panel';
import { NoSensorIcon } from '@/components/ui/first-icons';
import { MainPlace } from '@/components/ui/main-place';
import { useWords } from '@/words/catalogue';
import { routeWords } from '@/words/route-states';

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
