"""`sts-edge doctor --power-test`: the plug is pulled on the customer's own card."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path

from .call import Call
from .exits import Exit
from .output import Stop
from .settings import loaded

SCHEMA = "sts.edge.doctor.power-test/1"
_ADVICE = """\
Step 1 of 3: writing to {folder}{how}.
Watch the numbers from ANOTHER machine (over ssh, or with --witness): what only this machine remembers proves
nothing. Step 2: after some seconds, while numbers still come, pull the plug: no switch, no shutdown.
Step 3: power it up, and type the last number that you saw:
    sts-edge doctor --power-test --verify NUMBER"""


def write(call: Call, witness: str | None, without_sync: bool) -> None:
    """Steps 1 and 2: write, and tell each accepted number, until the power goes or Ctrl-C."""
    from sts_edge.buffer import BufferFailed
    from sts_edge.doctor import power

    folder = _folder(call)
    how = " WITHOUT sync (the control: numbers must be lost)" if without_sync else ""
    call.output.note(_ADVICE.format(folder=folder, how=how))
    try:
        with ExitStack() as stack:
            tell = _teller(call, witness, stack)
            asyncio.run(power.write(folder, tell, synced=not without_sync))
    except KeyboardInterrupt:
        raise Stop(Exit.INTERRUPTED, "Ended without a power cut.") from None
    except (BufferFailed, OSError) as error:
        raise Stop(Exit.FAILED, f"{error} Next: sts-edge doctor --only disk") from None


def verify(call: Call, last: int) -> None:
    """Step 3: is everything there that was seen?"""
    from sts_edge.doctor import power

    folder = _folder(call)
    try:
        missing, count = power.verify(folder, last)
    except OSError:
        raise Stop(
            Exit.NOT_FOUND, f"No power test lies in {folder}. Next: sts-edge doctor --power-test"
        ) from None
    lost = sum(high - low + 1 for low, high in missing)
    if call.output.as_json:
        call.output.document({"schema": SCHEMA, "accepted": last + 1, "lost": lost, "found": count})
    elif lost:
        sentence = f"{lost} of {last + 1} accepted records are lost: this card lies about its flush"
        call.output.line(
            f"{call.output.sign('bad', sentence)}   fix: another card or an SSD, then test that one"
        )
    else:
        call.output.line(
            call.output.sign("good", f"all {last + 1} accepted records are there ({count} found)")
        )
        call.output.line("Prove that the cut could have hurt: sts-edge doctor --power-test --without-sync")
    if lost:
        raise Stop(Exit.FAILED)


def _folder(call: Call) -> Path:
    from sts_edge.doctor.power import FOLDER_NAME

    return loaded(call).gateway.data_dir / FOLDER_NAME


def _teller(call: Call, witness: str | None, stack: ExitStack) -> Callable[[int], None]:
    other = None if witness is None else stack.enter_context(_connected(witness, call.timeout_s))

    def tell(number: int) -> None:
        if other is not None:
            with suppress(OSError):
                other.sendall(f"{number}\n".encode())
        if call.output.as_json:
            call.output.document({"schema": SCHEMA, "number": number})
        else:
            call.output.line(str(number))

    return tell


def _connected(witness: str, timeout_s: float) -> socket.socket:
    host, _, port = witness.rpartition(":")
    try:
        connection = socket.create_connection((host, int(port)), timeout_s)
    except (OSError, ValueError) as error:
        raise Stop(
            Exit.UNREACHABLE,
            f"Nobody listens at {witness} ({error}). On the other machine: nc -lk 9999 | tee accepted.txt; "
            "here: --witness THAT-MACHINE:9999",
        ) from None
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection
