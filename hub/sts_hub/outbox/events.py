"""What a club's own programs can be told of, by name. An event says which thing it is about by ids and times: no name and
nothing that was measured leaves the hub by it; who wants to know more asks the API, with a token, and that is noted.
"""

from typing import Final, Literal, get_args

EventName = Literal[
    "session.ended",
    "result.stored",
    "result.corrected",
    "alert.raised",
    "alert.escalated",
    "alert.acknowledged",
    "alert.resolved",
    "athlete.erased",
]

EVENTS: Final[tuple[str, ...]] = get_args(EventName)
