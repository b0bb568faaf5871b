-- name: rules
SELECT id, club_id, team_id, what, rule, enabled, made_at FROM sts.alert_rule
WHERE ($1::uuid IS NULL OR team_id = $1) AND ($2::timestamptz IS NULL OR (made_at, id) > ($2, $3::uuid))
ORDER BY made_at, id LIMIT $4

-- name: rule_by_id
SELECT id, club_id, team_id, what, rule, enabled, made_at FROM sts.alert_rule WHERE id = $1

-- name: add_rule
INSERT INTO sts.alert_rule (club_id, team_id, what, rule, made_by) VALUES ($1, $2, $3, $4, $5)
RETURNING id, club_id, team_id, what, rule, enabled, made_at

-- name: change_rule
UPDATE sts.alert_rule SET what = $2, rule = $3, enabled = $4 WHERE id = $1
RETURNING id, club_id, team_id, what, rule, enabled, made_at

-- name: remove_rule
DELETE FROM sts.alert_rule WHERE id = $1

-- name: watched_clubs
SELECT sts.watched_clubs() AS club_id

-- name: watched_rules
SELECT id, club_id, team_id, what, rule, enabled, made_at FROM sts.alert_rule WHERE enabled

-- name: worn
-- Who wears which sensor now, with consent.
SELECT athlete, team_id, name, sensor, sts.us(since) AS since_us, sts.us(until) AS until_us
FROM sts.live_roster() WHERE consents AND sensor IS NOT NULL

-- name: members
SELECT id, team_id, name FROM sts.athlete WHERE $1::uuid IS NULL OR team_id = $1

-- name: mutes
SELECT id, rule_id, athlete_id, until FROM sts.alert_mute WHERE until > now()

-- name: add_mute
INSERT INTO sts.alert_mute (rule_id, athlete_id, until, made_by) VALUES ($1, $2, $3, $4)
RETURNING id, rule_id, athlete_id, until

-- name: remove_mutes
DELETE FROM sts.alert_mute WHERE rule_id = $1

-- name: add_alert
-- Written once, whichever process finds it; not where the same was told within the rule's reset time ($13), as after a restart,
-- nor where its rule or its athlete has gone meanwhile.
INSERT INTO sts.alert
    (id, club_id, team_id, rule_id, athlete_id, what, colour, text, at, since, late, muted, escalates_at, gateway)
SELECT $1, $2, $3, r.id, $5, $6, $7, $8, $9, $10, $11, $12, now() + $14::interval, $15
FROM (SELECT id FROM sts.alert_rule WHERE id = $4 AND team_id = $3 FOR KEY SHARE) r
WHERE ($5::uuid IS NULL OR EXISTS (SELECT FROM sts.athlete WHERE id = $5 FOR KEY SHARE))
  AND NOT EXISTS (
    SELECT FROM sts.alert a
    WHERE a.rule_id = $4 AND a.athlete_id IS NOT DISTINCT FROM $5 AND a.gateway IS NOT DISTINCT FROM $15 AND a.id <> $1
      AND a.at > $9::timestamptz - $13::interval AND a.at <= $9)
ON CONFLICT (id) DO NOTHING RETURNING id

-- name: is_told
SELECT EXISTS (SELECT FROM sts.alert WHERE id = $1)

-- name: page
SELECT id, club_id, team_id, rule_id, athlete_id, gateway, what, colour, text, at, since, raised_at, late, muted, escalated_at,
       acknowledged_by, acknowledged_at, note, over_at, resolved_at
FROM sts.alert
WHERE ($1::uuid IS NULL OR team_id = $1) AND (NOT $2 OR acknowledged_at IS NULL)
  AND ($3::timestamptz IS NULL OR (raised_at, id) < ($3, $4::uuid))
ORDER BY raised_at DESC, id DESC LIMIT $5

-- name: by_id
SELECT id, club_id, team_id, rule_id, athlete_id, gateway, what, colour, text, at, since, raised_at, late, muted, escalated_at,
       acknowledged_by, acknowledged_at, note, over_at, resolved_at
FROM sts.alert WHERE id = $1

-- name: acknowledge
-- The first one counts.
UPDATE sts.alert SET acknowledged_by = coalesce(acknowledged_by, $2), acknowledged_at = coalesce(acknowledged_at, now()),
       note = coalesce($3, note)
WHERE id = $1
RETURNING id, club_id, team_id, rule_id, athlete_id, gateway, what, colour, text, at, since, raised_at, late, muted, escalated_at,
          acknowledged_by, acknowledged_at, note, over_at, resolved_at

-- name: escalate
UPDATE sts.alert SET escalated_at = now()
WHERE escalates_at <= now() AND escalated_at IS NULL AND acknowledged_at IS NULL AND resolved_at IS NULL AND NOT muted
RETURNING id, club_id, team_id, rule_id, athlete_id, gateway, what, colour, text, at, since, raised_at, late, muted, escalated_at,
          acknowledged_by, acknowledged_at, note, over_at, resolved_at

-- name: unresolved
-- What was raised within a day: what is older waits for a person.
SELECT id, club_id, team_id, rule_id, athlete_id, gateway, what, colour, text, at, since, raised_at, late, muted, escalated_at,
       acknowledged_by, acknowledged_at, note, over_at, resolved_at
FROM sts.alert WHERE resolved_at IS NULL AND raised_at > now() - interval '1 day' AND club_id = sts.asking_club()

-- name: resolve
-- Whichever process finds it over first.
UPDATE sts.alert SET over_at = $2, resolved_at = now() WHERE id = $1 AND resolved_at IS NULL
RETURNING id, club_id, team_id, rule_id, athlete_id, gateway, what, colour, text, at, since, raised_at, late, muted, escalated_at,
          acknowledged_by, acknowledged_at, note, over_at, resolved_at

-- name: recipients
SELECT c.account_id, a.club_id, a.role, a.email, c.quiet_from, c.quiet_to, c.time_zone,
       ARRAY(SELECT t.team_id FROM sts.account_team t WHERE t.account_id = a.id) AS teams
FROM sts.alert_recipient c JOIN sts.account a ON a.id = c.account_id
WHERE c.rule_id = $1 AND CASE WHEN $2 = 'resolved' THEN c.resolved ELSE c.told = $2 END AND a.disabled_at IS NULL
ORDER BY c.account_id

-- name: letters
SELECT told, quiet_from, quiet_to, time_zone, resolved FROM sts.alert_recipient WHERE rule_id = $1 AND account_id = $2

-- name: set_letters
INSERT INTO sts.alert_recipient (rule_id, account_id, told, quiet_from, quiet_to, time_zone, resolved)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (rule_id, account_id) DO UPDATE SET told = $3, quiet_from = $4, quiet_to = $5, time_zone = $6, resolved = $7

-- name: no_letters
DELETE FROM sts.alert_recipient WHERE rule_id = $1 AND account_id = $2

-- name: news
-- What has been raised, told again or resolved since a time, by whichever process.
SELECT id, club_id, team_id, rule_id, athlete_id, gateway, what, colour, text, at, since, raised_at, late, muted, escalated_at,
       acknowledged_by, acknowledged_at, note, over_at, resolved_at
FROM sts.alert WHERE (raised_at > $1 OR escalated_at > $1 OR resolved_at > $1) AND NOT muted ORDER BY raised_at, id

-- name: stored
-- Which of these values are in the database, by their places in the list.
SELECT p.place::int AS place FROM unnest($1::int[], $2::int2[], $3::timestamptz[]) WITH ORDINALITY AS p (sensor, metric, t, place)
WHERE sts.is_stored(p.sensor, p.metric, p.t)

-- name: take_turn
SELECT pg_try_advisory_xact_lock(hashtextextended('late data of ' || sts.asking_club(), 0))

-- name: late_windows
SELECT id, judged, athlete_id, team_id, since, until FROM sts.late_windows()

-- name: late_judged
SELECT sts.late_judged($1::bigint[])
