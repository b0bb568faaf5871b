"""Football: fixtures and scores as JSON, of openfootball (football.json) and of football-data.org (API v4, v2).

    openfootball   {"name", "matches": [{"round", "date", "time", "team1", "team2", "score": {"ft": [2, 1], "ht": [1, 0]},
                    "goals1": [{"name", "minute", "offset", "penalty", "owngoal"}], "goals2"}]}; older: {"rounds": [...]}
    football-data  {"competition", "matches": [{"id", "utcDate", "status", "matchday", "stage", "homeTeam", "awayTeam",
                    "score": {"winner", "fullTime": {"home", "away"}}, "goals", "bookings", "substitutions"}]}, or one match

A match is a heat with two entries: the team at home in lane 1, its guest in lane 2. Nobody has a rank.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

import msgspec

from sts_protocols.errors import ResultFileError
from sts_protocols.results.model import (
    Competitor,
    Entry,
    Event,
    Heat,
    Incident,
    Meet,
    Reading,
    Refused,
    Result,
    Round,
    Score,
    Status,
)
from sts_protocols.results.text import BOM
from sts_protocols.results.tree import Placed, grown
from sts_protocols.results.xml import MAX_BYTES

# Period, and what the two sources and their versions call it.
_PERIODS: Final = {
    "ht": ("ht", "halfTime"),
    "ft": ("ft", "fullTime"),
    "rt": ("regularTime",),
    "et": ("et", "extraTime"),
    "p": ("p", "penalties"),
}
_STATUSES: Final[Mapping[str, Status]] = {
    "FINISHED": "",
    "AWARDED": "",
    "SCHEDULED": "PENDING",
    "TIMED": "PENDING",
    "IN_PLAY": "PENDING",
    "LIVE": "PENDING",
    "PAUSED": "PENDING",
    "SUSPENDED": "PENDING",
    "EXTRA_TIME": "PENDING",
    "PENALTY_SHOOTOUT": "PENDING",
    "POSTPONED": "PENDING",
    "CANCELLED": "WDR",
    "CANCELED": "WDR",
}
_MAX_GOALS: Final = 999
_JSON = dict[str, Any]


def looks(data: bytes) -> bool:
    """Whether it is JSON that tells of matches."""
    head = data[:200_000].lstrip(b"\xef\xbb\xbf \t\r\n")
    return head.startswith((b"{", b"[")) and any(
        word in head for word in (b'"matches"', b'"rounds"', b'"homeTeam"', b'"team1"')
    )


def read(data: bytes) -> Reading:
    """The matches. Raises ResultFileError for what is no JSON (a cut file is none) or tells of no match."""
    root = _json(data)
    season = _object(root.get("season"))
    refused: list[Refused] = []
    pieces = list(_pieces(root, refused))
    dates = sorted(round_.date for _, round_, _, _ in pieces if round_.date)
    days = sorted(heat.start[:10] for _, _, heat, _ in pieces if heat.start) or dates
    event = _event(root)
    return Reading(
        format="football",
        encoding="utf-8",
        meet=Meet(
            id=event.id,
            name=" ".join(part for part in (event.name, _text(season.get("startDate"))[:4]) if part),
            first_day=days[0] if days else "",
            last_day=days[-1] if days else "",
            events=grown(pieces),
        ),
        read=len(pieces) // 2,
        refused=tuple(refused),
    )


def _json(data: bytes) -> _JSON:
    if len(data) > MAX_BYTES:
        raise ResultFileError(f"The file has more than {MAX_BYTES} bytes.")
    try:
        root = msgspec.json.decode(data.removeprefix(BOM))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ValueError) as error:
        raise ResultFileError(f"The file is no JSON, or ends too early ({error}).") from None
    if isinstance(root, list):
        root = {"matches": root}
    if not isinstance(root, dict):
        raise ResultFileError("The JSON is no object with matches.")
    return {"matches": [root]} | root if "homeTeam" in root else root


def _object(value: object) -> _JSON:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(value: object) -> str:
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""


def _whole(value: object) -> int | None:
    good = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _MAX_GOALS
    return value if good and isinstance(value, int) else None


def _event(root: _JSON) -> Event:
    competition = _object(root.get("competition"))
    matches = [_object(one) for one in _list(root.get("matches"))[:1]]
    competition = competition or _object(matches[0].get("competition") if matches else None)
    return Event(
        id=_text(competition.get("id")) or _text(competition.get("code")),
        name=_text(competition.get("name")) or _text(root.get("name")),
    )


def _matches(root: _JSON) -> Iterator[tuple[str, Any]]:
    """Each match with the round that it is listed under, if any."""
    for match in _list(root.get("matches")):
        yield "", match
    for part in _list(root.get("rounds")):
        for match in _list(_object(part).get("matches")):
            yield _text(_object(part).get("name")), match


def _pieces(root: _JSON, refused: list[Refused]) -> Iterator[Placed]:
    event = _event(root)
    found = False
    for number, (listed, match) in enumerate(_matches(root), start=1):
        found = True
        try:
            yield from _match(event, listed, _object(match))
        except ResultFileError as error:
            refused.append(Refused(line=number, reason=f"Match {number}: {error}"))
    if not found:
        raise ResultFileError("The JSON tells of no match.")


def _match(event: Event, listed: str, match: _JSON) -> Iterator[Placed]:
    home, away = _team(match, "homeTeam", "team1"), _team(match, "awayTeam", "team2")
    if not (home.name and away.name):
        raise ResultFileError("a match has two teams.")
    scores, status = _scores(match), _status(match)
    name = _text(match.get("round")) or listed or _text(match.get("stage"))
    day = _whole(match.get("matchday"))
    number, group = _text(match.get("id")) or _text(match.get("num")), _text(match.get("group"))
    round_ = Round(number=day, name=" ".join(part for part in (name, group) if part))
    heat = Heat(
        id=number or f"{home.name} - {away.name}",
        name=f"{home.name} - {away.name}",
        start=_start(match),
        state="official" if match.get("status") in ("FINISHED", "AWARDED") else "",
        incidents=tuple(_incidents(match, home, away)),
    )
    for lane, (team, side) in enumerate(((home, scores[0]), (away, scores[1])), start=1):
        result = Result(status=status, scores=tuple(side)) if side or status else None
        yield Placed(event, round_, heat, Entry(competitor=team, lane=lane, result=result))


def _start(match: _JSON) -> str:
    date, daytime = _text(match.get("date")), _text(match.get("time"))
    return _text(match.get("utcDate")) or (f"{date}T{daytime}" if date and daytime else date)


def _team(match: _JSON, *names: str) -> Competitor:
    told = next((match[name] for name in names if name in match), None)
    team = _object(told)
    name = _text(team.get("name")) or _text(team.get("key")) or _text(told)
    return Competitor(kind="team", id=_text(team.get("id")), name=name)


def _status(match: _JSON) -> Status:
    """Raises ResultFileError for a status that football-data.org does not know."""
    word = _text(match.get("status")).upper()
    if not word:
        return ""
    if word not in _STATUSES:
        raise ResultFileError(f"the status {word[:20]} is not known.")
    return _STATUSES[word]


def _scores(match: _JSON) -> tuple[list[Score], list[Score]]:
    """Of both sides, what stood at the end of each period."""
    told = match.get("score")
    score: _JSON = {"ft": told} if isinstance(told, list) else _object(told)
    if "score1" in match:
        score = {"ft": [match.get("score1"), match.get("score2")]}
    sides: tuple[list[Score], list[Score]] = ([], [])
    for period, names in _PERIODS.items():
        pair = next((found for name in names if (found := _pair(score.get(name))) is not None), None)
        if pair is not None:
            for side, value in zip(sides, pair, strict=True):
                side.append(Score(period=period, value=value))
    return sides


def _pair(value: object) -> tuple[int, int] | None:
    """Goals of both sides; None if none are told. Raises ResultFileError for half of a score."""
    if isinstance(value, dict):
        value = [value.get("home", value.get("homeTeam")), value.get("away", value.get("awayTeam"))]
    told = _list(value)
    if not told or all(one is None for one in told):
        return None
    home, away = [_whole(one) for one in [*told, None, None][:2]]
    if home is None or away is None or len(told) != 2:
        raise ResultFileError("a score is two whole numbers.")
    return home, away


def _incidents(match: _JSON, home: Competitor, away: Competitor) -> Iterator[Incident]:
    for side, name in ((1, "goals1"), (2, "goals2")):
        yield from _openfootball_goals(side, _list(match.get(name)))
    sides = {home.id or home.name: 1, away.id or away.name: 2}
    for kind, name in (("goal", "goals"), ("booking", "bookings"), ("substitution", "substitutions")):
        for one in map(_object, _list(match.get(name))):
            team = _object(one.get("team"))
            of = sides.get(_text(team.get("id")) or _text(team.get("name")))
            yield _incident(kind, of, one)


def _openfootball_goals(side: int, goals: Iterable[object]) -> Iterator[Incident]:
    for goal in map(_object, goals):
        kind = "own_goal" if goal.get("owngoal") else "penalty" if goal.get("penalty") else "goal"
        minute, added = _minute(goal)
        yield Incident(
            kind=kind,
            side=side,
            minute=minute,
            added_minutes=added,
            person=Competitor(name=_text(goal.get("name"))),
        )


def _incident(kind: str, side: int | None, one: _JSON) -> Incident:
    person = _person(one, "scorer", "player", "playerIn")
    other = _person(one, "assist", "playerOut")
    minute, added = _minute(one)
    word = _text(one.get("type")).lower()
    if kind == "goal" and word in ("own", "penalty"):
        kind = {"own": "own_goal", "penalty": "penalty"}[word]
    return Incident(
        kind=kind,
        side=side,
        minute=minute,
        added_minutes=added,
        person=person or Competitor(),
        other=other,
        text=_text(one.get("card")),
    )


def _minute(one: _JSON) -> tuple[int | None, int | None]:
    """`90`, `"90+3"`, or 90 with an offset of 3."""
    told = one.get("minute")
    if isinstance(told, str):
        minute, _, added = told.rstrip("'").partition("+")
        return (int(minute) if minute.isdecimal() and minute.isascii() and len(minute) < 4 else None), (
            int(added) if added.isdecimal() and added.isascii() and len(added) < 4 else None
        )
    return _whole(told), _whole(one.get("offset", one.get("injuryTime")))


def _person(one: _JSON, *names: str) -> Competitor | None:
    told = next((_object(one[name]) for name in names if _object(one.get(name))), None)
    return None if told is None else Competitor(id=_text(told.get("id")), name=_text(told.get("name")))
