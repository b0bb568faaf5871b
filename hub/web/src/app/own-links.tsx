import { Link } from '@tanstack/react-router';
import { useWords } from '@/words/catalogue';
import { placeWords } from '@/words/places';

const LINKS = ['settings', 'account', 'help'] as const;

/** From the account's menu to the pages that are about oneself. */
export function OwnLinks() {
  const words = useWords(placeWords);
  return (
    <div className="mb-2 flex flex-col">
      {LINKS.map(name => (
        <Link
          key={name}
          to={`/${name}`}
          className="flex min-h-11 items-center font-medium text-accent underline"
        >
          {words[name]}
        </Link>
      ))}
    </div>
  );
}
