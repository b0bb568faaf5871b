"""Wall time from the kernel's clock, only while something keeps it synchronised.

adjtimex(2) answers in one call what time it is, whether the clock is synchronised, and how wrong it may be;
the time in its answer is the kernel's own, whatever a preloaded library says that CLOCK_REALTIME is.
"""

import ctypes
import os
from collections.abc import Callable

from sts_protocols.record import Anchor, ClockSource

STA_UNSYNC = 0x0040
STA_NANO = 0x2000
TIME_ERROR = 5
# systemd-timesyncd tells the kernel an error of 0 whatever the way to its server; through a mobile link and a
# public pool 10 ms is the usual truth, and what chrony says beyond that is believed.
LEAST_ERROR_US = 10_000


class Timex(ctypes.Structure):
    """struct timex of adjtimex(2)."""

    _fields_ = (
        ("modes", ctypes.c_uint),
        ("offset", ctypes.c_long),
        ("freq", ctypes.c_long),
        ("maxerror", ctypes.c_long),
        ("esterror", ctypes.c_long),
        ("status", ctypes.c_int),
        ("constant", ctypes.c_long),
        ("precision", ctypes.c_long),
        ("tolerance", ctypes.c_long),
        ("tv_sec", ctypes.c_long),
        ("tv_usec", ctypes.c_long),
        ("tick", ctypes.c_long),
        ("reserved", ctypes.c_long * 25),  # the kernel writes further fields here, fewer than these
    )


Adjtimex = Callable[[Timex], int]


def kernel_adjtimex(answer: Timex) -> int:
    """Ask the kernel. Raises OSError where there is no adjtimex or it is forbidden."""
    state = int(ctypes.CDLL(None, use_errno=True).adjtimex(ctypes.byref(answer)))
    if state < 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    return state


def read_ntp(boot_us: Callable[[], int], adjtimex: Adjtimex = kernel_adjtimex) -> Anchor | None:
    """Return where wall time stands by the synchronised kernel clock; None while it is not synchronised."""
    answer = Timex()
    before = boot_us()
    try:
        state = adjtimex(answer)
    except (OSError, AttributeError):
        return None
    after = boot_us()
    if state == TIME_ERROR or answer.status & STA_UNSYNC:
        return None
    fraction_us = answer.tv_usec // 1_000 if answer.status & STA_NANO else answer.tv_usec
    error_us = max(answer.maxerror, LEAST_ERROR_US) + (after - before) // 2
    return Anchor((before + after) // 2, answer.tv_sec * 1_000_000 + fraction_us, error_us, ClockSource.NTP)
