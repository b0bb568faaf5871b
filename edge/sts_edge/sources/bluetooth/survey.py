"""A scan of its own, for when no agent runs that could tell what it hears."""

import asyncio

from bleak import BleakScanner

from sts_edge.sources.bluetooth.adapter import Radio, ask_radio
from sts_edge.sources.bluetooth.deadline import within
from sts_edge.sources.bluetooth.limits import SCAN_START_S, SCAN_STOP_S, Limits
from sts_edge.sources.bluetooth.presence import Near, Presence
from sts_edge.sources.bluetooth.scanner import SCAN_ERRORS


class NoRadio(Exception):  # noqa: N818 - what is wrong, in two words
    """There is no radio to listen with; the message says what to do."""


async def survey(adapter: str, seconds: float) -> list[Near]:
    """Listen for so long; who is near, the strongest first. Raises NoRadio."""
    radio = await ask_radio(adapter)
    if radio is not Radio.ON:
        raise NoRadio(radio.sentence(adapter))
    presence, limits = Presence(), Limits()
    scanner = BleakScanner(presence.hear, bluez={"adapter": adapter})
    try:
        await within(SCAN_START_S, scanner.start(), "starting a scan", limits.abandon_s)
        await asyncio.sleep(seconds)
        await within(SCAN_STOP_S, scanner.stop(), "stopping a scan", limits.abandon_s)
    except SCAN_ERRORS as error:
        raise NoRadio(f"Scanning on {adapter} fails ({error}): see journalctl -u bluetooth.") from None
    return presence.near()
