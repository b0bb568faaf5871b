"""The asking side of the agent's socket: blocking, and with nothing imported that is not needed."""

from __future__ import annotations

import contextlib
import json
import socket
import time
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

Object = dict[str, Any]


class AgentAbsent(Exception):  # noqa: N818 - what is wrong, in one word
    """No agent answers at its socket: start it."""


class NotAllowed(Exception):  # noqa: N818 - what is wrong, in one word
    """This user may not open the agent's socket: join its group, or use sudo."""


class AgentSilent(Exception):  # noqa: N818 - what is wrong, in one word
    """The agent took the question and did not answer in time."""


def ask(path: Path, question: Object, timeout_s: float) -> Object:
    """One answer. Raises AgentAbsent, NotAllowed, AgentSilent."""
    with contextlib.closing(_lines(path, question, timeout_s)) as lines:
        for answer in lines:
            return answer
    raise AgentAbsent(f"The agent at {path} ended before it answered. Next: systemctl status sts-edge")


def follow(path: Path, question: Object, timeout_s: float) -> Iterator[Object]:
    """Answers as they come, without end; the time-out counts until the connection stands."""
    yield from _lines(path, question, timeout_s, forever=True)


def follow_for(path: Path, question: Object, timeout_s: float, seconds: float) -> Iterator[Object]:
    """Answers as they come, for so many seconds. Raises AgentAbsent when the agent ends before."""
    ends_s = time.monotonic() + seconds
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(timeout_s)
        _connect(connection, path)
        connection.sendall(json.dumps(question).encode() + b"\n")
        rest = b""
        while (left_s := ends_s - time.monotonic()) > 0:
            connection.settimeout(left_s)
            try:
                got = connection.recv(65_536)
            except TimeoutError:
                return
            if not got:
                raise AgentAbsent(f"The agent at {path} ended. Next: systemctl status sts-edge")
            *lines, rest = (rest + got).split(b"\n")
            yield from (json.loads(line) for line in lines)


def _lines(path: Path, question: Object, timeout_s: float, forever: bool = False) -> Generator[Object]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(timeout_s)
        _connect(connection, path)
        if forever:
            connection.settimeout(None)
        try:
            connection.sendall(json.dumps(question).encode() + b"\n")
            with connection.makefile("rb") as stream:
                for line in stream:
                    yield json.loads(line)
        except TimeoutError:
            raise AgentSilent(f"The agent at {path} did not answer within {timeout_s:g} s.") from None
        except ConnectionError:
            return


def _connect(connection: socket.socket, path: Path) -> None:
    try:
        connection.connect(str(path))
    except PermissionError:
        raise NotAllowed(
            f"This user may not ask the agent at {path}. Use sudo, or join the agent's group."
        ) from None
    except TimeoutError:
        raise AgentSilent(f"The agent at {path} does not take questions.") from None
    except OSError as error:
        raise AgentAbsent(
            f"No agent answers at {path} ({error.strerror}). Next: systemctl start sts-edge"
        ) from None
