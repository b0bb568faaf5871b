"""Who wears which sensor: jersey, initials and zones, never names, and encrypted where they are kept.

The key is made of the gateway's own (HKDF-SHA256, RFC 5869; AES-256-GCM, NIST SP 800-38D), so with a new enrolment the
old roster cannot be read any more. Whoever steals the card has the key as well: a Pi has no better place for it. When the
hub refuses or parks this gateway the roster is dropped; one that it may have again comes with the next answer.
"""

from __future__ import annotations

import bisect
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import structlog

from sts_edge.config.placing import store_bytes
from sts_protocols.beat import Answer, Beat, Roster, Wearer
from sts_protocols.metrics import HEART_RATE

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

FILE_NAME = "roster"
MODE = 0o600
KEY_BYTES = 32
NONCE_BYTES = 12
PURPOSE = b"sts-edge roster"

_log = structlog.get_logger()
_HEART_RATE = HEART_RATE.name


def _at_once(work: Callable[[], None]) -> None:
    work()


class RosterKeeper:
    """Keeps the roster of one gateway.

    read_secret: the gateway's own secret; raises OSError without one. aside: does what waits for the card, one
    after the other, where it holds nobody up.
    """

    def __init__(
        self,
        folder: Path,
        read_secret: Callable[[], str],
        aside: Callable[[Callable[[], None]], object] = _at_once,
    ) -> None:
        self._file = folder / FILE_NAME
        self._read_secret = read_secret
        self._aside = aside
        self._roster = self._kept()
        self._wearers = {one.sensor: one for one in self._roster.wearers}

    @property
    def hash(self) -> str:
        """What the beat tells: which roster is held."""
        return self._roster.hash

    def of(self, sensor: str) -> Wearer | None:
        """Who wears it, if that is known."""
        return self._wearers.get(sensor)

    def hear(self, answer: Answer, beat: Beat) -> None:
        """Take the hub's answer."""
        if answer.parked is not None:
            self.drop()
        elif answer.roster is not None and answer.roster.hash != self.hash:
            self._take(answer.roster)

    def drop(self) -> None:
        """Forget it, on the disk as well."""
        if self.hash:
            _log.info("roster_dropped", wearers=len(self._wearers))
        self._hold(_NOBODY)
        self._aside(self._remove)

    def with_wearer(self, line: dict[str, Any]) -> dict[str, Any]:
        """A line of `tail` with who wears the sensor, and the zone of its heart rate."""
        wearer = self.of(line["sensor"])
        if wearer is None:
            return line
        rates = [one["value"] for one in line["values"] if one["metric"] == _HEART_RATE]
        zone = bisect.bisect_right(wearer.zones, rates[-1]) if rates and wearer.zones else None
        return {**line, "wearer": {"jersey": wearer.jersey, "initials": wearer.initials, "zone": zone}}

    def _take(self, roster: Roster) -> None:
        if not roster.wearers:
            self.drop()
            return
        self._hold(roster)
        self._aside(lambda: self._keep(roster))

    def _keep(self, roster: Roster) -> None:
        try:
            nonce = os.urandom(NONCE_BYTES)
            sealed = self._cipher().encrypt(nonce, msgspec.json.encode(roster), PURPOSE)
            store_bytes(self._file, nonce + sealed, MODE)
        except OSError as error:  # it is known until the agent ends, and comes again
            _log.warning("roster_not_kept", reason=str(error))

    def _remove(self) -> None:
        try:
            self._file.unlink(missing_ok=True)
        except OSError as error:
            _log.warning("roster_not_removed", reason=str(error))

    def _kept(self) -> Roster:
        try:
            sealed = self._file.read_bytes()
        except OSError:
            return _NOBODY
        from cryptography.exceptions import InvalidTag

        try:
            plain = self._cipher().decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], PURPOSE)
            return msgspec.json.decode(plain, type=Roster)
        except (OSError, InvalidTag, ValueError, msgspec.MsgspecError):
            self._remove()
            return _NOBODY

    def _hold(self, roster: Roster) -> None:
        self._roster = roster
        self._wearers = {one.sensor: one for one in roster.wearers}

    def _cipher(self) -> AESGCM:
        # Imported here: 8 MB that a gateway without a roster does without.
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM
        from cryptography.hazmat.primitives.hashes import SHA256
        from cryptography.hazmat.primitives.kdf.hkdf import HKDF

        secret = self._read_secret().encode()
        return AESGCM(HKDF(SHA256(), KEY_BYTES, None, PURPOSE).derive(secret))


_NOBODY = Roster("")  # never sent: an empty hash is what beats tell that have none
