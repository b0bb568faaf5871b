"""How complete what an athlete wore in a session is, from what each gateway of the club can tell of it. Pure.

The words are those of one gateway (`completeness/judgement.py`). Of several, a time is unknown only where all of them
know nothing; what one of them still holds or has lost is told, whatever another one says; and silent is what is
explained by nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence

from sts_hub.completeness.judgement import Period, Word
from sts_hub.completeness.periods import Interval, Periods, intersect, subtract, union

# Words about records that are not here. A sensor's own silence is no record, and what nobody consented to was never to be
# here.
OUTSTANDING = frozenset({Word.MISSING, Word.LOST, Word.PARKED, Word.UNKNOWN, Word.EXPIRED})


def of_several(worn: Interval, told: Sequence[Sequence[Period]]) -> list[Period]:
    """The words for one sensor and wearing. told: the periods of each gateway that knows the sensor; none: unknown."""
    unknown = union([worn])
    for periods in told:
        unknown = intersect(unknown, _times(periods, Word.UNKNOWN))
    facts = dict.fromkeys(one for periods in told for one in periods if one.word not in _VAGUE)
    explained = union([*((one.start_us, one.end_us) for one in facts), *unknown])
    silent = subtract(union(time for periods in told for time in _times(periods, Word.SILENT)), explained)
    vague = [
        Period(word, *time) for word, times in zip(_VAGUE, (silent, unknown), strict=True) for time in times
    ]
    return sorted([*facts, *vague], key=lambda one: (one.start_us, one.end_us, one.word))


_VAGUE = (Word.SILENT, Word.UNKNOWN)


def _times(periods: Sequence[Period], word: Word) -> Periods:
    return union((one.start_us, one.end_us) for one in periods if one.word is word)


def complete(periods: Sequence[Period]) -> bool:
    """Whether all that was recorded is here."""
    return not any(one.word in OUTSTANDING for one in periods)
