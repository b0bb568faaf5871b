"""Everything of one athlete in one zip: FIT for each workout, tables of values by day, JSON of all else, and a README."""

from __future__ import annotations

import asyncio
import json
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from uuid import UUID

from sts_hub.activities.writing import fit
from sts_hub.exports import making, repository
from sts_hub.exports.table import COLUMNS, Block, csv_lines
from sts_hub.kit.database import ReadSession

# What each part of the record holds; the database finds the parts, and a test that none is without its sentence.
PARTS: Final = {
    "athlete": "the person: name, team, club, number, birth date, contact",
    "account": "the account that the athlete signs in with",
    "login": "browsers that are signed in with it",
    "invitation": "invitations to sign in as the athlete or for the athlete",
    "guardian": "accounts that stand for the athlete",
    "consent": "what was agreed to, which version, when and by whom",
    "athlete_grant": "what other clubs and trainers may read",
    "athlete_parameter": "maxima, thresholds and the like, with their sources",
    "parameter_proposal": "parameters proposed by what was measured",
    "athlete_listing": "how result lists know the athlete",
    "assignment": "which sensor was worn when",
    "sensor": "these sensors",
    "activity": "files of watches",
    "session": "sessions of the team that the athlete was to take part in",
    "session_athlete": "the athlete's place in each",
    "session_phase": "parts of these sessions",
    "phase_athlete": "the athlete's part in each",
    "session_marker": "marks that were set for the athlete",
    "session_play": "in play, on the bench or unavailable",
    "session_summary": "how complete each session is, and what its numbers were worked out from",
    "session_number": "the numbers of each session",
    "session_told": "numbers of a session that another system told",
    "session_rating": "how hard the athlete found each session",
    "wellness": "how the athlete woke up",
    "absence": "injuries, illness and other absences",
    "alert": "alerts that were raised",
    "alert_mute": "alerts that were muted for the athlete",
    "impulse_assignment": "impulses of timers that are the athlete's",
    "competitor": "the athlete in result lists",
    "result_fact": "these results",
    "competition": "of these competitions",
    "push_target": "where workouts are pushed to; the key there is told to nobody",
    "push": "workouts that were pushed, and what became of each",
    "audit": "who read or changed something of the athlete",
}

_HEAD: Final = """\
Everything that the hub holds of one athlete, written {now}.

workouts/   a FIT file for each stretch of time in which something was measured, as watches write them
values/     every value, a CSV file (RFC 4180, UTF-8) for each day: {columns}
            time is UTC; unit is a UCUM code; quality says how far the value can be believed
record/     all else, as JSON; times are UTC, by RFC 3339:
"""


class Dossier(making.File):
    """The zip in the making."""

    def __init__(self, path: Path) -> None:
        self._zip = zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED)

    async def add(self, session: ReadSession, athlete_id: UUID, since: datetime, until: datetime) -> None:
        for one in await making.recorded(session, athlete_id, since, until, None):
            began = datetime.fromtimestamp(int(one.t_us[0]) // 1_000_000, UTC)
            data = await asyncio.to_thread(fit.write, one)
            await asyncio.to_thread(self._zip.writestr, f"workouts/{began:%Y-%m-%dT%H%M%SZ}.fit", data)
        blocks = [
            one
            for one in await making.blocks(session, athlete_id, since, until, frozenset())
            if one.values.t_us.size
        ]
        if blocks:
            await asyncio.to_thread(self._values, f"values/{since:%Y-%m-%d}.csv", blocks)

    def _values(self, name: str, blocks: list[Block]) -> None:
        with self._zip.open(name, "w", force_zip64=True) as file:
            file.write((",".join(COLUMNS) + "\r\n").encode())
            for block in blocks:
                file.writelines(line.encode() for line in csv_lines(block))

    async def finish(self, session: ReadSession, athlete_id: UUID) -> None:
        parts = await repository.everything_of(session, athlete_id)
        await asyncio.to_thread(self._record, parts)

    def _record(self, parts: dict[str, list[str]]) -> None:
        told = [
            f"            {name}.json  {PARTS.get(name, 'rows that name the athlete')}\n"
            for name in sorted(parts)
        ]
        for name, rows in parts.items():
            self._zip.writestr(f"record/{name}.json", json.dumps([json.loads(row) for row in rows], indent=1))
        head = _HEAD.format(now=f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC", columns=", ".join(COLUMNS))
        self._zip.writestr("README.txt", head + "".join(told))

    def close(self) -> None:
        self._zip.close()
