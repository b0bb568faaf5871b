"""An athlete's values, each told once: where several gateways or sensors heard the same, one of them at a time, by
the rule of `analytics/reception.py`. Pure, on numpy arrays."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np

from sts_hub.analytics.reception import Reception, Span, spans
from sts_hub.samples.values import Series, Values
from sts_protocols.sample import Quality

# A sensor at one gateway: what is a reception here.
Key = tuple[int, str]

_NONE: Final = Values(np.array([], np.int64), np.array([], np.float64), np.array([], np.int64))


def in_time(parts: Iterable[Values]) -> Values:
    """All of them as one, rising in time; each rises already."""
    all_parts = list(parts)
    if len(all_parts) == 1:
        return all_parts[0]
    columns = [(one.t_us, one.value, one.quality) for one in (_NONE, *all_parts)]
    t_us, value, quality = (np.concatenate(column) for column in zip(*columns, strict=True))
    return Values(t_us, value, quality).only(np.argsort(t_us, kind="stable"))


def several(series: Sequence[Series]) -> bool:
    """Whether there is anything to merge."""
    return len({(one.sensor, one.gateway) for one in series}) > 1


def merged(
    series: Sequence[Series], beside: Sequence[Series] = (), signals: Sequence[Series] = ()
) -> list[tuple[str, Values]]:
    """What each gateway tells, rising in time, so that all of it together tells each value once. See `led`."""
    return [(gateway, values) for (_, gateway), values in led(series, beside, signals)]


def led(
    series: Sequence[Series], beside: Sequence[Series] = (), signals: Sequence[Series] = ()
) -> list[tuple[Key, Values]]:
    """What each gateway tells of each sensor, rising in time, so that all of it together tells each value once.

    beside: what came in the same packets, and tells of those that none of these values was in. signals: how strong
    each gateway heard the sensors, as far as it is known.
    """
    heard = _by_reception(series)
    if not several(series):
        return list(heard.items())
    came, strength = _by_reception([*series, *beside]), _by_reception(signals)
    turns = spans([_reception(key, came[key], strength.get(key, _NONE)) for key in heard])
    return [(key, _led(values, [span for span in turns if span.key == key])) for key, values in heard.items()]


def _by_reception(series: Iterable[Series]) -> dict[Key, Values]:
    """A gateway has a series in each of its epochs."""
    by_key: dict[Key, list[Values]] = defaultdict(list)
    for one in series:
        by_key[one.sensor, one.gateway].append(one.values)
    return {key: in_time(parts) for key, parts in by_key.items()}


def _reception(key: Key, values: Values, signal: Values) -> Reception[Key]:
    told = list(zip(signal.t_us.tolist(), signal.value.tolist(), strict=True))
    return Reception(key, values.t_us, values.quality == Quality.OK, told)


def _led(values: Values, mine: Sequence[Span[Key]]) -> Values:
    """What of a reception lies in the spans in which it leads."""
    begin = np.searchsorted(values.t_us, [span.since_us for span in mine])
    end = np.searchsorted(values.t_us, [span.until_us for span in mine])
    turns = np.zeros(values.t_us.size + 1, np.int64)
    np.add.at(turns, begin, 1)
    np.add.at(turns, end, -1)
    return values.only(np.cumsum(turns[:-1]) > 0)
