"""An IPICO reader beside a track: each runner's tag once a lap. Packing only."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count

from sts_sims.cable import Utterance


def line(reader: int, tag: str, moment: datetime) -> bytes:
    """One line with its checksum and end."""
    body = f"{reader:02x}{tag}0001{moment:%y%m%d%H%M%S}{moment.microsecond // 10_000:02x}"
    return f"aa{body}{sum(body.encode()) & 0xFF:02x}\r\n".encode()


class IpicoReader:
    """`tags` runners, each lap about `lap_s`."""

    def __init__(self, seed: int, *, began: datetime, tags: int = 8, lap_s: float = 80.0) -> None:
        self._chance = random.Random(f"{seed}:ipico")
        self._began = began
        self._tags = [f"0580{self._chance.randrange(16**8):08x}" for _ in range(tags)]
        self._lap_s = lap_s

    def utterances(self) -> Iterator[Utterance]:
        """Lap after lap, each in the order of arrival."""
        for lap in count():
            passings = sorted((self._chance.uniform(0.0, self._lap_s * 0.3), tag) for tag in self._tags)
            for behind_s, tag in passings:
                at_s = lap * self._lap_s + behind_s
                moment = self._began + timedelta(seconds=at_s)
                yield Utterance(at_s, line(1, tag, moment), {"channel": "01", "bib": tag})
