"""Asking the running agent, with its silence turned into exit codes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sts_edge.control.client import AgentAbsent, AgentSilent, NotAllowed, ask

from .call import Call
from .exits import Exit
from .output import Stop
from .place import socket_path


@contextmanager
def agent_faults() -> Iterator[None]:
    """Turns what can go wrong between us and the agent into the end of the command."""
    try:
        yield
    except AgentAbsent as error:
        raise Stop(Exit.NOT_RUNNING, str(error)) from None
    except NotAllowed as error:
        raise Stop(Exit.NOT_ALLOWED, str(error)) from None
    except AgentSilent as error:
        raise Stop(Exit.TIMED_OUT, str(error)) from None


def ask_agent(call: Call, do: str, *, timeout_s: float | None = None, **more: Any) -> dict[str, Any]:
    """The agent's answer. Stops the command when there is none to be had, or when it is a refusal."""
    if call.offline:
        raise Stop(Exit.USAGE, "This needs the running agent: leave --offline out.")
    with agent_faults():
        told = ask(socket_path(call.config), {"do": do, **more}, timeout_s or call.timeout_s)
    if "error" in told:
        raise Stop(Exit.FAILED, told["error"])
    return told


def ask_status(call: Call) -> dict[str, Any]:
    """The agent's status. Stops the command when there is none to be had."""
    return ask_agent(call, "status")


def agent_or_none(call: Call, do: str) -> dict[str, Any] | None:
    """The agent's answer, or None when no agent runs here or none is to be asked. Stops the command for every other
    reason."""
    if call.offline:
        return None
    try:
        return ask_agent(call, do)
    except Stop as stop:
        if stop.code is not Exit.NOT_RUNNING:
            raise
        return None
