"""Rules to begin with. Those about bodies have no limit that is the same for everybody: each is a share of what is known of
the athlete. Pure."""

from __future__ import annotations

from typing import Any, Final

from sts_hub.alerts import rules
from sts_hub.alerts.quantities import OF_THE_WAY
from sts_hub.alerts.schemas import Catalogue, QuantityInfo, RuleFields, RuleTemplate
from sts_hub.analytics import so_far
from sts_hub.parameters.catalogue import Name

_IN_SESSIONS: Final = ["training", "match", "test"]


def _template(
    sentence: str, name: str, metric: str, check: str, limit: float = 0, **more: Any
) -> RuleTemplate:
    condition = {"metric": metric, "check": check, "limit": limit, "of": more.pop("of", None)}
    fields = RuleFields.model_validate({"name": name, "conditions": [condition], **more})
    return RuleTemplate(sentence=sentence, what=rules.what(fields), rule=fields)


# A minute near the maximum is an effort that was meant, or a heart to look at; twenty at the threshold are what it can be held
# for by definition within a margin of three; a fifth of W' is gone in one more sprint.
TEMPLATES: Final = (
    _template(
        "A heart has beaten above 95 % of the athlete's own highest rate for a minute.",
        "Near the maximum", "heart_rate", "above", 95, of=Name.HR_MAX, hold_s=60, colour="red",
    ),
    _template(
        "A heart has beaten above the athlete's own threshold for twenty minutes.",
        "Long above the threshold", "heart_rate", "above", 100, of=Name.LTHR, hold_s=1200, reset_s=1200,
    ),
    _template(
        "Less than a fifth of the athlete's own W' is left.",
        "W' nearly used up", "w_prime_balance", "below", 20, of=Name.W_PRIME,
    ),
    _template(
        "A strap says that it touches no skin.",
        "Strap without contact", "heart_rate", "no_contact", hold_s=10, tasks=_IN_SESSIONS, colour="yellow",
    ),
    _template(
        "Nothing has come from a strap for half a minute.",
        "Strap silent", "heart_rate", "silent", 30, tasks=_IN_SESSIONS, colour="yellow",
    ),
    _template(
        "A battery should be changed before the next session.",
        "Battery low", "battery_level", "below", 15, reset_s=86_400, colour="yellow",
    ),
    _template(
        "Three beats of a gateway in use are missing.",
        "Gateway offline", "gateway_silence", "above", 30, hold_s=5, colour="red",
    ),
    _template(
        "What the wall shows has not been stored for half a minute; it is kept by the broker meanwhile.",
        "Hub behind", "ingest_lag", "above", 30, hold_s=5,
    ),
)  # fmt: skip


def catalogue() -> Catalogue:
    """What rules can be about beside metrics, and rules to begin with."""
    worked_out = [
        QuantityInfo(
            name=quantity.name,
            unit=quantity.unit,
            sentence=quantity.sentence,
            metric=one.metric.name,
            parameters=[needed.name for needed in one.parameters],
        )
        for one in (*so_far.MOMENTS, *so_far.SUMS)
        for quantity in one.quantities
    ]
    of_the_way = [
        QuantityInfo(name=one.name, unit=one.unit, sentence=one.sentence, metric=None, parameters=[])
        for one in OF_THE_WAY.values()
    ]
    return Catalogue(quantities=[*worked_out, *of_the_way], templates=list(TEMPLATES))
