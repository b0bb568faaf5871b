"""A change that is tried and taken back by itself: one table, for settings and for versions of the agent.

    phase      | staged  swapped  found_old  found_new  edited   answered  failed      put_back
    settled    | staged                                 settled
    staged     |         trial    settled    trial      settled
    trial      |                             trial      settled  settled   going_back
    going_back |                                        settled                        settled

Every step is on the disk before the next begins: a change is noted, then it is put in place, then that is noted. Whoever is
killed in between finds at the next start from what is in place where it was.
"""

from __future__ import annotations

from enum import Enum


class Phase(Enum):
    """Where a change is."""

    SETTLED = "settled"
    STAGED = "staged"
    TRIAL = "trial"
    GOING_BACK = "going_back"


class Event(Enum):
    """What moves it. FOUND_*: at a start, what is in place; EDITED: neither, for somebody here changed it."""

    STAGED = "staged"
    SWAPPED = "swapped"
    FOUND_OLD = "found_old"
    FOUND_NEW = "found_new"
    EDITED = "edited"
    ANSWERED = "answered"
    FAILED = "failed"
    PUT_BACK = "put_back"


NEXT: dict[tuple[Phase, Event], Phase] = {
    (Phase.SETTLED, Event.STAGED): Phase.STAGED,
    (Phase.SETTLED, Event.EDITED): Phase.SETTLED,
    (Phase.STAGED, Event.SWAPPED): Phase.TRIAL,
    (Phase.STAGED, Event.FOUND_OLD): Phase.SETTLED,
    (Phase.STAGED, Event.FOUND_NEW): Phase.TRIAL,
    (Phase.STAGED, Event.EDITED): Phase.SETTLED,
    (Phase.TRIAL, Event.FOUND_NEW): Phase.TRIAL,
    (Phase.TRIAL, Event.EDITED): Phase.SETTLED,
    (Phase.TRIAL, Event.ANSWERED): Phase.SETTLED,
    (Phase.TRIAL, Event.FAILED): Phase.GOING_BACK,
    (Phase.GOING_BACK, Event.PUT_BACK): Phase.SETTLED,
    (Phase.GOING_BACK, Event.EDITED): Phase.SETTLED,
}

# A new connection is there within seconds and beats at once, then every 10 s: three answers say that it holds.
ANSWERS = 3
# One start belongs to the change; two more are left for a plug that was pulled meanwhile.
MOST_STARTS = 3
