/** Stands for the tiles while the first snapshot is on its way. */
export function WallSkeleton() {
  return (
    <div
      className="appear-late grid flex-1 auto-rows-fr grid-cols-2 gap-2 p-3 md:grid-cols-6"
      aria-hidden="true"
    >
      {Array.from({ length: 30 }, (_, index) => (
        <div key={index} className="min-h-28 animate-pulse rounded-xl border-2 border-line bg-surface" />
      ))}
    </div>
  );
}
