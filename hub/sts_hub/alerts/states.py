"""How an alert stands, after ISA-18.2: what is over and was seen by nobody stays among the open ones until somebody has.

    state           nobody in time    somebody acknowledges    it no longer holds
    raised          escalated         acknowledged             resolved
    escalated       -                 acknowledged             resolved
    acknowledged    -                 -                        resolved
    resolved        -                 -                        -

What is over is not told again in red, and can be acknowledged all the same: then it is no longer open.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

State = Literal["raised", "escalated", "acknowledged", "resolved"]


def state(
    escalated_at: datetime | None, acknowledged_at: datetime | None, resolved_at: datetime | None
) -> State:
    """How it stands by what is noted of it; no later word of the table is taken back."""
    if resolved_at is not None:
        return "resolved"
    if acknowledged_at is not None:
        return "acknowledged"
    return "raised" if escalated_at is None else "escalated"
