import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { ReviewPage } from '@/features/sessions/review-page';
import { useWords } from '@/words/catalogue';
import { sessionWords } from '@/words/sessions';
import { BackLink } from './back-link';

export function ReviewRoute() {
  const { sessionId } = useParams({ from: '/frame/sessions/$sessionId/review' });
  const { team } = useSearch({ from: '/frame' });
  const navigate = useNavigate();
  const words = useWords(sessionWords);
  const search = team === undefined ? {} : { team };
  return (
    <ReviewPage
      key={sessionId}
      sessionId={sessionId}
      onDone={() => void navigate({ to: '/sessions/$sessionId', params: { sessionId }, search })}
      back={
        <BackLink
          to="/sessions/$sessionId"
          params={{ sessionId }}
          search={search}
          name={words.what.session}
        />
      }
    />
  );
}
