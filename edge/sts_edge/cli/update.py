"""`sts-edge update`: versions of the agent beside each other."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from .call import Call
from .exits import Exit
from .output import Stop
from .settings import loaded

if TYPE_CHECKING:
    from sts_edge.updates import Updates

RESTART = "Next: sudo systemctl restart sts-edge; sts-edge update show"


def show(call: Call) -> None:
    """Tell which version runs, which are there, and what is on trial."""
    _done(call, lambda updates: ("", ""))


def check(call: Call) -> None:
    """Ask the source for the newest version."""

    def ask(updates: Updates) -> tuple[str, str]:
        newest = updates.available()
        if newest == updates.current:
            return f"{newest} is the newest, and it runs", ""
        return f"{newest} is at the source", f"Next: sudo sts-edge update stage {newest}"

    _done(call, ask)


def stage(call: Call, version: str | None) -> None:
    """Install a version beside the running one."""

    def install(updates: Updates) -> tuple[str, str]:
        wanted = version or updates.available()
        updates.stage(wanted)
        return f"{wanted} is installed beside {updates.current}", f"Next: sudo sts-edge update apply {wanted}"

    _done(call, install)


def apply(call: Call, version: str) -> None:
    """Have a staged version start next, on trial."""

    def switch(updates: Updates) -> tuple[str, str]:
        updates.apply(version, call.config)
        return f"{version} is on trial from the next start", RESTART

    _done(call, switch)


def roll_back(call: Call) -> None:
    """Put the version before back."""

    def back(updates: Updates) -> tuple[str, str]:
        updates.go_back("")
        return f"{updates.current} starts next", RESTART

    _done(call, back)


def guard(call: Call) -> None:
    """Before each start of the service: go back from a version that was started too often without being heard."""
    from sts_edge.updates import UpdateError

    try:
        _updates(call).guard()
    except (Stop, OSError, UpdateError) as error:  # a start is never kept back by this
        call.output.note(f"update guard: {error}")


def _done(call: Call, act: Callable[[Updates], tuple[str, str]]) -> None:
    from sts_edge.updates import UpdateError

    try:
        updates = _updates(call)
        sentence, following = act(updates)
    except UpdateError as error:
        raise Stop(Exit.FAILED, str(error)) from None
    except PermissionError as error:
        raise Stop(
            Exit.NOT_ALLOWED, f"{error.filename} is not for this user. Next: the same with sudo"
        ) from None
    except OSError as error:
        raise Stop(Exit.FAILED, f"{error.filename} cannot be used ({error.strerror}).") from None
    if call.output.as_json:
        call.output.document(
            {
                "schema": "sts.edge.update/1",
                "current": updates.current,
                "settled": updates.settled,
                "installed": updates.installed,
                "phase": updates.page.phase.value,
                "refused": updates.page.refused,
                "done": sentence,
            }
        )
        return
    if sentence:
        call.output.line(call.output.sign("good", sentence))
    else:
        _tell(call, updates)
    if following:
        call.output.line(following)


def _tell(call: Call, updates: Updates) -> None:
    output = call.output
    output.line(f"current {updates.current}, installed: {', '.join(updates.installed) or 'none'}")
    if updates.page.attempt is not None:
        attempt = updates.page.attempt
        output.line(
            output.sign(
                "warning", f"{attempt.version} is on trial; back to {attempt.before} if it is not heard"
            )
        )
    if updates.page.refused:
        output.line(output.sign("warning", updates.page.refused))


def _updates(call: Call) -> Updates:
    from sts_edge.updates import updates_of

    updates = updates_of(loaded(call).update)
    if updates is None:
        raise Stop(
            Exit.CONFIGURATION, "There is no [update] in the settings. Next: sudo -E sts-edge config edit"
        )
    return updates
