"""A message of an MQTT topic as it is kept raw: the topic in UTF-8, a NUL byte, the payload.

No topic holds a NUL (MQTT 3.1.1, section 1.5.3), so the first one divides them. What a payload means stands in the
gateway's settings.
"""

from typing import NamedTuple

from sts_protocols.errors import DecodeError

_BETWEEN = b"\0"


class Message(NamedTuple):
    """A message as it came."""

    topic: str
    payload: bytes


def encode(message: Message) -> bytes:
    """The frame that is kept."""
    return message.topic.encode() + _BETWEEN + message.payload


def decode(frame: bytes) -> Message:
    """Raises DecodeError for a frame without a topic."""
    topic, between, payload = frame.partition(_BETWEEN)
    if not topic or not between:
        raise DecodeError("An MQTT message begins with its topic and a NUL", frame)
    try:
        return Message(topic.decode(), payload)
    except UnicodeDecodeError:
        raise DecodeError("The topic of an MQTT message is no UTF-8", frame) from None
