-- name: page
-- By arrival. A correction of an epoch's clock is added when read. An impulse is deleted when a later line of its timer,
-- within the day that a time of day stands for, takes back the same time on the same channel; whichever came first here.
SELECT i.t AS stored_t, i.epoch, i.seq, i.place, i.timer, i.ticks, i.channel, i.bib, i.marks, i.line,
       NOT 'deleted' = ANY (i.marks) AND EXISTS (
           SELECT FROM sts.impulse d
           WHERE d.gateway = i.gateway AND d.timer = i.timer AND d.ticks = i.ticks AND d.channel = i.channel
             AND d.bib IS NOT DISTINCT FROM i.bib AND 'deleted' = ANY (d.marks)
             AND d.t >= i.t AND d.t < i.t + interval '1 day' AND (d.epoch, d.seq, d.place) <> (i.epoch, i.seq, i.place)
       ) AS deleted,
       i.t + e.delta_us * interval '1 microsecond' AS arrived,
       coalesce(i.clock_error_us, e.pin_error_us) AS clock_error_us,
       i.moment + e.delta_us * interval '1 microsecond' AS moment, i.moment_error_us
FROM sts.impulse i JOIN sts.epoch_clock e USING (epoch)
WHERE i.gateway = $1
  AND ($2::timestamptz IS NULL OR i.t + e.delta_us * interval '1 microsecond' >= $2)
  AND ($3::timestamptz IS NULL OR (i.t, i.epoch, i.seq, i.place) > ($3, $4::text::uuid, $5::bigint, $6::int))
ORDER BY i.t, i.epoch, i.seq, i.place
LIMIT $7
