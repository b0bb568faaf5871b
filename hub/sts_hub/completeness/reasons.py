"""Why records will not come, in the words of a person: the reasons that gateways declare (protocols/README.md, section 7),
those of the hub itself, and a way out where there is one.
"""

from __future__ import annotations

from typing import Final

from sts_hub.completeness.judgement import UNPLACED, WITHDRAWN

DISCARDED: Final = "discarded"

WORDS: Final = {
    "buffer_full": "The gateway's buffer was full of what it could not send, and the oldest was given up.",
    "summarised": "The gateway's buffer was full of what it could not send: one value a second was kept, marked as estimated.",
    "refused_new": "The gateway's buffer was full of what it could not send, and its settings refuse what is new then.",
    "too_old": "It became older than the gateway's settings allow (buffer.max_age_days) before it could be sent.",
    "disk_full": "The gateway's disk was full, and the oldest was given up: something else fills the disk.",
    "no_room": "The gateway's disk was full: something else fills the disk.",
    "damaged": "It rotted on the gateway's card: sts-edge doctor --only card, and replace the card soon.",
    "not_synced": "The gateway was killed or lost its power before this was on its disk.",
    "no_longer_held": "The hub asked for it again when the gateway had let go of it.",
    "purged": "Somebody had it given up on the gateway (sts-edge buffer purge).",
    WITHDRAWN: "The gateway took a summary back, since what it stood for has stayed: nothing is lost.",
    DISCARDED: "It was parked at the hub, and somebody gave it up there (sts-hub parked discard).",
    UNPLACED: "Records may belong here of a start whose time nobody knows: place them (sts-hub clock place).",
}


def in_words(reason: str) -> str:
    """A sentence for a reason; empty for none, and the word itself for one that a newer gateway gives."""
    return WORDS.get(reason, f"The gateway says: {reason}.") if reason else ""
