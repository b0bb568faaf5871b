import { useEffect, useRef, useState } from 'react';

/** The width of a place as it is laid out; null before the first layout. */
export function useWidth(): [React.RefObject<HTMLDivElement | null>, number | null] {
  const place = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState<number | null>(null);
  useEffect(() => {
    if (place.current === null) return undefined;
    const observer = new ResizeObserver(entries => setWidth(entries[0]?.contentRect.width ?? null));
    observer.observe(place.current);
    return () => observer.disconnect();
  }, []);
  return [place, width];
}
