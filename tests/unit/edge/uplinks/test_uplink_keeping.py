"""A way for records is opened in time, or its connection is cut."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from sts_edge.uplinks import keeping
from sts_edge.uplinks.keeping import open_outlet


class Line:
    """One that never opens a way; asked to stop, it answers as its library does when the connection ends then."""

    def __init__(self, answer: type[BaseException]) -> None:
        self._answer = answer
        self.asked = asyncio.Event()
        self.is_cut = False

    async def outlet(self) -> Any:
        self.asked.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError as error:
            raise self._answer("the end of the connection") from error

    def cut(self) -> None:
        self.is_cut = True


@pytest.mark.parametrize("answer", [asyncio.CancelledError, ConnectionError])
async def test_whoever_is_cancelled_while_a_way_is_opened_ends(answer: type[BaseException]) -> None:
    line: Any = Line(answer)
    opening = asyncio.create_task(open_outlet(line))
    await line.asked.wait()
    opening.cancel()
    with pytest.raises(asyncio.CancelledError):
        await opening


@pytest.mark.parametrize("answer", [asyncio.CancelledError, ConnectionError])
async def test_a_connection_on_which_that_takes_too_long_is_cut(
    monkeypatch: pytest.MonkeyPatch, answer: type[BaseException]
) -> None:
    monkeypatch.setattr(keeping, "OUTLET_S", 0.05)
    line: Any = Line(answer)
    with pytest.raises(ConnectionError):
        await open_outlet(line)
    assert line.is_cut
