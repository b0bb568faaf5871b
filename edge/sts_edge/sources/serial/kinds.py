"""What may stand at the other end of a serial line: how its bytes are read, and how it usually speaks."""

from collections.abc import Callable
from typing import NamedTuple

from sts_edge.config import PortSettings
from sts_protocols.serial import alge, gnss, ipico, pod, stalker, tag_heuer
from sts_protocols.serial.heard import Stream

SECOND_US = 1_000_000
# Receivers and radars speak at least once a second; ten missed words are no slow start but a cable or a rate.
SILENT_US = 10 * SECOND_US


class PortKind(NamedTuple):
    """baud: its maker's default. period_us: how far apart its values usually are, 0 without a rhythm; then it
    may be silent for hours and nothing is wrong."""

    baud: int
    period_us: int
    stream: Callable[[PortSettings], Stream]


KINDS: dict[str, PortKind] = {
    "gnss": PortKind(gnss.BAUD, SECOND_US, lambda port: gnss.stream()),
    "alge": PortKind(alge.BAUD, 0, lambda port: alge.stream()),
    "tag_heuer": PortKind(tag_heuer.BAUD, 0, lambda port: tag_heuer.stream()),
    "ipico": PortKind(ipico.BAUD, 0, lambda port: ipico.stream()),
    "stalker": PortKind(stalker.BAUD, SECOND_US, lambda port: stalker.stream(port.speed_unit)),
    "pod": PortKind(pod.BAUD, 0, lambda port: pod.stream()),
}
