/** Grey lines where text will be; not at all in the first 300 ms. */
export function Skeleton({ lines = 6 }: { lines?: number }) {
  return (
    <div className="appear-late flex flex-col gap-3" aria-hidden="true">
      {Array.from({ length: lines }, (_, line) => (
        <div key={line} className="h-11 rounded-lg bg-raised" />
      ))}
    </div>
  );
}
