"""From a payload to values: a plain number, a number in JSON, or a frame of a known kind."""

import json
import math
from collections.abc import Callable
from typing import Any

from sts_edge.config import TopicSettings
from sts_protocols import kinds
from sts_protocols.errors import ProtocolError
from sts_protocols.metrics import by_name
from sts_protocols.sample import Quality, Value

# A number with its name and a unit is some 100 bytes; a JSON status of a pod is below 1 KB.
MAX_PAYLOAD_BYTES = 16 * 1024

Read = Callable[[bytes, int], tuple[Value, ...]]
"""Values of a payload that came at a boot time, µs. Raises PayloadError."""


class PayloadError(Exception):
    """A payload that is not what the settings say of its topic; its text is a sentence."""


def reader_of(topic: TopicSettings) -> Read:
    """What reads the payloads of one sensor on a topic; a kind with a memory has its own for each sensor."""
    return _number_reader(topic) if topic.metric is not None else _frame_reader(topic)


def _number_reader(topic: TopicSettings) -> Read:
    metric = by_name(topic.metric or "")
    assert metric is not None, "checked with the settings"

    def read(payload: bytes, _: int) -> tuple[Value, ...]:
        number = _number(payload, topic.value)
        if number is None:
            return ()
        value = number * topic.factor + topic.offset
        if not math.isfinite(value):
            raise PayloadError(f"{_shown(payload)} is no finite number")
        return (Value(metric.id, value, Quality.OK if metric.plausible(value) else Quality.IMPLAUSIBLE),)

    return read


def _frame_reader(topic: TopicSettings) -> Read:
    kind = kinds.by_name(topic.kind or "")
    assert kind is not None, "checked with the settings"
    reader = kind.reader()

    def read(payload: bytes, boot_us: int) -> tuple[Value, ...]:
        try:
            told = reader.feed(payload, boot_us)
        except ProtocolError as error:
            raise PayloadError(str(error)) from None
        return tuple(_value(value) for one in told for value in one.get("values", ()))

    return read


def _value(told: dict[str, Any]) -> Value:
    metric = by_name(told["metric"])
    assert metric is not None, "a reader's metrics are in the catalogue"
    return Value(metric.id, told["value"], Quality[told["quality"].upper()])


def _number(payload: bytes, path: str) -> float | None:
    """The number at a path of dots in JSON, or the whole payload; None for JSON's null: nothing was measured."""
    if len(payload) > MAX_PAYLOAD_BYTES:
        raise PayloadError(f"it has {len(payload)} bytes, more than {MAX_PAYLOAD_BYTES}")
    try:
        found = json.loads(payload)
    except (ValueError, RecursionError):
        raise PayloadError(
            f"{_shown(payload)} is no number" if not path else f"{_shown(payload)} is no JSON"
        ) from None
    for step in path.split(".") if path else ():
        found = _step(found, step, path, payload)
    if found is None:
        return None
    if isinstance(found, str):
        found = _as_number(found)
    if isinstance(found, bool) or not isinstance(found, int | float):
        raise PayloadError(f"{_shown(payload)} holds no number{f' at {path}' if path else ''}")
    try:
        return float(found)
    except OverflowError:
        raise PayloadError(f"{_shown(payload)} is no finite number") from None


def _step(found: Any, step: str, path: str, payload: bytes) -> Any:
    try:
        return found[int(step)] if isinstance(found, list) else found[step]
    except (KeyError, IndexError, TypeError, ValueError):
        raise PayloadError(f"{_shown(payload)} has nothing at {path}") from None


def _as_number(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text


def _shown(payload: bytes) -> str:
    return repr(payload[:60].decode(errors="replace"))
