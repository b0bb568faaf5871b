"""All examinations in their order; what stands on something that failed is skipped."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from . import here, hub
from .faults import BY_NAME, CHECKS
from .patient import Finding, Patient, Result, Results, Skipped
from .radio import bluetooth
from .serial_ports import serial

EXAMINATIONS: Mapping[str, Callable[[Patient], Results]] = {
    "settings": here.settings,
    "agent": here.agent,
    "disk": here.disk,
    "buffer": here.buffer,
    "card": here.card,
    "clock": here.clock,
    "dns": hub.at_hub("dns", hub.dns),
    "tcp": hub.at_hub("tcp", hub.tcp),
    "tls": hub.at_hub("tls", hub.tls),
    "login": hub.at_hub("login", hub.login),
    "publish": hub.at_hub("publish", hub.publish),
    "bluetooth": bluetooth,
    "serial": serial,
}
# Without the first the second says nothing new.
_STANDS_ON = {"tcp": "dns", "tls": "tcp", "login": "tls", "publish": "login"}


def checks_of(word: str) -> list[str]:
    """The checks that a word after --only means: a check, or the one that finds a fault; none for no such
    word."""
    if word in CHECKS:
        return [word]
    return [BY_NAME[word].check] if word in BY_NAME else []


def examine(patient: Patient, only: list[str]) -> Iterator[Result]:
    """Yield what is found, check by check; `only`: these checks, or all when empty."""
    failed: set[str] = set()
    for check, ask in EXAMINATIONS.items():
        if only and check not in only:
            continue
        needed = _STANDS_ON.get(check)
        if needed in failed:
            failed.add(check)
            yield Skipped(check, f"needs {needed}")
            continue
        for result in ask(patient):
            if isinstance(result, Finding) and result.fault.grave:
                failed.add(check)
            yield result
