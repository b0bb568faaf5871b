"""A port with a GNSS receiver: NMEA sentences and UBX frames, mixed as they come.

One fix is told for each navigation epoch. The sentences of an epoch come one after another: it is told as soon
as all kinds of sentence that the epoch before had are there, so that nothing waits for the next second. A
receiver that speaks UBX NAV-PVT is heard in that language only: one source for each value.
"""

from sts_protocols.errors import DecodeError
from sts_protocols.serial import nmea, ubx
from sts_protocols.serial.fix import Fix, Track, apart_m, values
from sts_protocols.serial.heard import Heard, UtcTime
from sts_protocols.serial.utc import is_of_today

BAUD = 9_600
# RMC and GGA of one second may differ in the last digit that each prints; 20 m is more than any rounding.
AGREE_M = 20.0
# A sentence or frame of which nothing has come for so long was cut. The longest frame takes 2.1 s at 9,600
# baud, but it never stops coming.
STALE_US = 1_500_000
# NAV-PVT comes at least once a second; without it for so long the sentences are listened to again.
UBX_SILENT_US = 5_000_000
# How exact the time of a sentence is, beside the time on its way: receivers print whole milliseconds.
SENTENCE_ERROR_US = 1_000

_DOLLAR = 0x24
_SYNC = ubx.SYNC[0]
_ENDS = b"\r\n"


class Epoch:
    """The sentences of one navigation epoch."""

    def __init__(self) -> None:
        self.rmc: nmea.Rmc | None = None
        self.gga: nmea.Gga | None = None
        self.vtg: nmea.Vtg | None = None
        self.gsa: nmea.Gsa | None = None
        self.began_us = 0

    def kinds(self) -> frozenset[str]:
        """Which sentences have come."""
        return frozenset(name for name in ("rmc", "gga", "vtg", "gsa") if getattr(self, name) is not None)

    def time_us(self) -> int | None:
        """The time of day that its sentences tell."""
        return (
            self.rmc.time_us if self.rmc is not None else self.gga.time_us if self.gga is not None else None
        )

    def fix(self) -> Fix:
        """What they say together."""
        rmc, gga, vtg, gsa = self.rmc, self.gga, self.vtg, self.gsa
        place = gga if gga is not None and gga.latitude is not None else rmc
        speed = rmc.speed_mps if rmc is not None else None
        course = rmc.course_deg if rmc is not None else None
        return Fix(
            self._utc_us(),
            SENTENCE_ERROR_US,
            self._is_fix(),
            latitude=place.latitude if place is not None else None,
            longitude=place.longitude if place is not None else None,
            altitude_m=gga.altitude_m if gga is not None else None,
            ground_speed_mps=speed if speed is not None or vtg is None else vtg.speed_mps,
            course_deg=course if course is not None or vtg is None else vtg.course_deg,
            satellites=gga.satellites if gga is not None else None,
            horizontal_dilution=_first(gga and gga.horizontal_dilution, gsa and gsa.horizontal_dilution),
            position_dilution=gsa.position_dilution if gsa is not None else None,
            estimated=gga is not None and gga.quality == 6,
            contradicted=self._contradicts(),
        )

    def _is_fix(self) -> bool:
        active = self.rmc is None or self.rmc.active
        located = self.gga is None or self.gga.quality > 0
        spatial = self.gsa is None or self.gsa.mode is None or self.gsa.mode > 1
        return active and located and spatial

    def _contradicts(self) -> bool:
        rmc, gga = self.rmc, self.gga
        if rmc is None or gga is None or rmc.latitude is None or gga.latitude is None:
            return False
        one = Fix(None, 0, True, rmc.latitude, rmc.longitude)
        return apart_m(one, Fix(None, 0, True, gga.latitude, gga.longitude)) > AGREE_M

    def _utc_us(self) -> int | None:
        rmc = self.rmc
        if rmc is None or rmc.time_us is None or rmc.midnight_us is None or not rmc.active:
            return None
        return rmc.midnight_us + rmc.time_us


def _first(one: float | None, other: float | None) -> float | None:
    return one if one is not None else other


class GnssStream:
    """A `Stream` of fixes."""

    def __init__(self) -> None:
        self.heard_bytes = 0
        self.garbage_bytes = 0
        self.bad_frames = 0
        self.lost_frames = 0
        self._open = bytearray()
        self._last_us = 0
        self._began_us = 0
        self._epoch = Epoch()
        self._expected: frozenset[str] | None = None
        self._pvt_us: int | None = None
        self._track = Track()

    def hear(self, data: bytes, boot_us: int) -> tuple[Heard, ...]:
        """The fixes that these bytes complete."""
        self.heard_bytes += len(data)
        if self._open and boot_us - self._last_us > STALE_US:
            self._drop(len(self._open))
        if not self._open:
            self._began_us = boot_us
        self._last_us = boot_us
        self._open += data
        heard: list[Heard] = []
        while (frame := self._next_frame()) is not None:
            heard += self._read(frame)
            self._began_us = boot_us
        return tuple(heard)

    # --- where frames begin and end

    def _next_frame(self) -> bytes | None:
        """The next sentence or UBX frame by its outside, noise before it left out; None when more must come."""
        while self._open:
            first = self._open[0]
            if first == _DOLLAR:
                length = self._sentence_length()
            elif first == _SYNC:
                length = self._ubx_length()
            else:
                self._drop_noise()
                continue
            if length is None:
                return None
            if length > 0:
                return bytes(self._open[:length])
            self._drop(1)
        return None

    def _sentence_length(self) -> int | None:
        """0: it is none."""
        for at in range(1, min(len(self._open), nmea.LONGEST_SENTENCE)):
            byte = self._open[at]
            if byte in _ENDS:
                return at
            if byte == _DOLLAR or not 0x20 <= byte < 0x7F:
                return 0
        return None if len(self._open) < nmea.LONGEST_SENTENCE else 0

    def _ubx_length(self) -> int | None:
        if self._open[:2] != ubx.SYNC[: len(self._open)]:
            return 0
        if len(self._open) < ubx.HEAD_BYTES:
            return None
        payload = int.from_bytes(self._open[4:6], "little")
        if payload > ubx.MAX_PAYLOAD_BYTES:
            return 0
        length = payload + ubx.FRAME_BYTES
        return length if len(self._open) >= length else None

    def _drop_noise(self) -> None:
        starts = [at for at in (self._open.find(_DOLLAR), self._open.find(_SYNC)) if at >= 0]
        length = min(starts, default=len(self._open))
        self.garbage_bytes -= sum(self._open[:length].count(end) for end in _ENDS)
        self._drop(length)

    def _drop(self, length: int) -> None:
        self.garbage_bytes += length
        del self._open[:length]

    # --- what they say

    def _read(self, frame: bytes) -> list[Heard]:
        """A frame that is wrong inside costs its first byte, for a good one may begin within it."""
        try:
            told = nmea.decode(frame) if frame[0] == _DOLLAR else ubx.decode(frame)
        except DecodeError as error:
            self.bad_frames += 1
            self._drop(1)
            return [Heard(self._began_us, frame, fault=str(error))]
        del self._open[: len(frame)]
        if isinstance(told, Fix):
            self._pvt_us = self._began_us
            return [self._heard(told, frame, self._began_us)]
        return self._gather(told, frame)

    def _gather(self, told: nmea.Sentence | None, frame: bytes) -> list[Heard]:
        heard: list[Heard] = []
        if told is None or self._speaks_ubx():
            return [Heard(self._began_us, frame)]
        if isinstance(told, nmea.Rmc | nmea.Gga) and self._is_next(told):
            heard += self._close(b"")
        elif not self._epoch.kinds() and isinstance(told, nmea.Vtg | nmea.Gsa):
            return [Heard(self._began_us, frame)]
        self._enter(told)
        if self._expected is not None and self._epoch.kinds() >= self._expected:
            return [*heard, *self._close(frame)]
        return [*heard, Heard(self._began_us, frame)]

    def _speaks_ubx(self) -> bool:
        return self._pvt_us is not None and self._began_us - self._pvt_us < UBX_SILENT_US

    def _is_next(self, told: nmea.Rmc | nmea.Gga) -> bool:
        return bool(self._epoch.kinds()) and told.time_us != self._epoch.time_us()

    def _enter(self, told: nmea.Sentence) -> None:
        if not self._epoch.kinds():
            self._epoch.began_us = self._began_us
        setattr(self._epoch, type(told).__name__.lower(), told)

    def _close(self, frame: bytes) -> list[Heard]:
        epoch, self._epoch = self._epoch, Epoch()
        self._expected = epoch.kinds()
        return [self._heard(epoch.fix(), frame, epoch.began_us)]

    def _heard(self, fix: Fix, frame: bytes, boot_us: int) -> Heard:
        jumped = self._track.jumps(fix, boot_us)
        utc = None
        if fix.utc_us is not None and is_of_today(fix.utc_us):
            utc = UtcTime(fix.utc_us, fix.utc_error_us)
        return Heard(boot_us, frame, values(fix, jumped), utc=utc)


def stream() -> GnssStream:
    """The fixes of a port with a GNSS receiver."""
    return GnssStream()
