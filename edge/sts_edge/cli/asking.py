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


def ask_status(call: Call) -> dict[str, Any]:
    """The agent's status. Stops the command when there is none to be had."""
    with agent_faults():
        return ask(socket_path(call.config), {"do": "status"}, call.timeout_s)
