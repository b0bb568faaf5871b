"""`sts-edge version`."""

from __future__ import annotations

from sts_edge.versions import versions

from .call import Call


def version(call: Call) -> None:
    """Print versions."""
    found = versions()
    if call.output.as_json:
        call.output.document({"schema": "sts.edge.version/1", **found})
    else:
        for name, number in found.items():
            call.output.line(f"{name} {number}")
