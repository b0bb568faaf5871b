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
       i.moment + e.delta_us * interval '1 microsecond' AS moment, i.moment_error_us,
       a.bib AS assigned_bib, a.athlete_id, a.assigned_by, a.assigned_at
FROM sts.impulse i JOIN sts.epoch_clock e USING (epoch)
LEFT JOIN LATERAL (
    SELECT s.bib, s.athlete_id, s.assigned_by, s.assigned_at FROM sts.impulse_assignment s
    WHERE s.epoch = i.epoch AND s.seq = i.seq AND s.place = i.place ORDER BY s.id DESC LIMIT 1
) a ON true
WHERE i.gateway = $1
  AND ($2::timestamptz IS NULL OR i.t + e.delta_us * interval '1 microsecond' >= $2)
  AND ($3::timestamptz IS NULL OR (i.t, i.epoch, i.seq, i.place) > ($3, $4::text::uuid, $5::bigint, $6::int))
ORDER BY i.t, i.epoch, i.seq, i.place
LIMIT $7

-- name: moment
-- When an impulse was by the gateway's clock, and how far off that may be.
SELECT i.moment + e.delta_us * interval '1 microsecond' AS moment,
       i.moment_error_us + coalesce(i.clock_error_us, e.pin_error_us, 0) AS error_us
FROM sts.impulse i JOIN sts.epoch_clock e USING (epoch)
WHERE i.gateway = $1 AND i.epoch = $2 AND i.seq = $3 AND i.place = $4

-- name: assign
INSERT INTO sts.impulse_assignment (club_id, epoch, seq, place, bib, athlete_id, assigned_by)
VALUES ($1, $2, $3, $4, $5, $6, $7)
