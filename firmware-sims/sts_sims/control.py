"""A unix socket that takes orders as JSON lines and answers each with one line."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import msgspec

# An order is a short line; longer ones are a mistake.
MAX_LINE_BYTES = 4096

Obey = Callable[[bytes], object]


@contextlib.asynccontextmanager
async def listening(path: Path | None, obey: Obey) -> AsyncIterator[None]:
    """Take orders at `path` (mode 0600) while the block runs; nothing when no path is given.

    Raises:
        OSError: the socket cannot be made there.
    """
    if path is None:
        yield
        return
    bound = _bind(path)
    server = await asyncio.start_unix_server(
        lambda r, w: _serve(r, w, obey), sock=bound, limit=MAX_LINE_BYTES
    )
    try:
        yield
    finally:
        server.close()
        _unbind(path)


def _bind(path: Path) -> socket.socket:
    """A socket that only this user can open; one left by a run that was killed is replaced."""
    _unbind(path)
    bound = socket.socket(socket.AF_UNIX)
    bound.bind(str(path))
    path.chmod(0o600)
    return bound


def _unbind(path: Path) -> None:
    path.unlink(missing_ok=True)


async def _serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, obey: Obey) -> None:
    with contextlib.suppress(ConnectionError):
        try:
            while line := await _line(reader):
                writer.write(msgspec.json.encode(obey(line)) + b"\n")
                await writer.drain()
        finally:
            writer.close()


async def _line(reader: asyncio.StreamReader) -> bytes:
    """The next line; empty at the end, and also for one without an end in sight."""
    try:
        return await reader.readline()
    except ValueError:
        return b""
