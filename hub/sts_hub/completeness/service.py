"""Rules of completeness: the ledger judged for a gateway, then for each wearer whom the asker may see."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from sts_hub.completeness import repository
from sts_hub.completeness.judgement import Judgement, Period, Wearing, judge, judge_wearing
from sts_hub.completeness.periods import intersect, length_us
from sts_hub.completeness.reasons import in_words
from sts_hub.completeness.repository import WearingRow, microseconds, moment
from sts_hub.completeness.schemas import Completeness, Stretch, WearerCompleteness
from sts_hub.errors import Invalid
from sts_protocols.metrics import by_name

if TYPE_CHECKING:
    from datetime import datetime

    from sts_hub.kit.database import ReadSession

# A chart's limit too: a longer time is asked for in parts.
MAX_SPAN: Final = timedelta(days=31)


async def completeness(session: ReadSession, gateway: str, since: datetime, until: datetime) -> Completeness:
    """The words for a gateway that the caller may see; raises Invalid for a time that is none."""
    if not since < until or until - since > MAX_SPAN:
        raise Invalid("`from` must lie before `to`, by 31 days at most.", way_out="Ask for a shorter time.")
    epochs = await repository.epochs(session, gateway, since)
    expired_us = await repository.expired_before_us(session)
    verdict = judge(epochs, microseconds(since), microseconds(until), expired_us)
    wearings = await repository.wearings(session, gateway, since, until)
    session.athletes.update(row.athlete_id for row in wearings)
    return Completeness(
        gateway=gateway,
        since=since,
        until=until,
        complete=verdict.complete,
        expected_records=verdict.expected,
        received_records=verdict.received,
        stretches=[stretch(period) for period in verdict.periods],
        wearers=[await _wearer(session, gateway, row, verdict) for row in wearings],
    )


async def _wearer(
    session: ReadSession, gateway: str, row: WearingRow, verdict: Judgement
) -> WearerCompleteness:
    """A kind of sensor is named by its main metric; if that has no rhythm, silence is not judged."""
    metric = by_name(row.kind)
    rhythmic = metric is not None and metric.interval_ms is not None
    heard = await repository.heard(session, gateway, row, metric) if metric and rhythmic else []
    elsewhere = await repository.heard_elsewhere(session, gateway, row, metric) if metric and rhythmic else []
    lost_after_us = (metric.lost_after_ms or 0) * 1000 if metric else 0
    wearing = Wearing(*row.worn, row.consented, heard, lost_after_us, rhythmic, elsewhere)
    periods = judge_wearing(wearing, verdict)
    worn_us = row.worn[1] - row.worn[0]
    return WearerCompleteness(
        athlete_id=row.athlete_id,
        sensor_id=row.sensor_id,
        label=row.label,
        since=moment(row.worn[0]),
        until=moment(row.worn[1]),
        complete=not periods,
        stretches=[stretch(period) for period in periods],
        coverage=length_us(intersect([row.worn], heard)) / worn_us if rhythmic and worn_us else None,
    )


def stretch(period: Period) -> Stretch:
    """A period as the API tells it."""
    return Stretch(
        word=period.word,
        since=moment(period.start_us),
        until=moment(period.end_us),
        records=period.records,
        reason=period.reason,
        why=in_words(period.reason),
    )
