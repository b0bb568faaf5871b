"""Orders are done once or not at all, and the hub hears what became of each."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from sts_edge.agent import identify
from sts_edge.agent.identify import Identify
from sts_edge.agent.orders import OrderFailed, Orders
from sts_protocols.beat import Answer, Beat, Order

NOW_US = 1_750_000_000_000_000
LATER_US = NOW_US + 600_000_000


class Gateway:
    """Orders with an act that counts."""

    def __init__(self, folder: Path) -> None:
        self.done: list[int] = []
        self.told = asyncio.Event()
        self.orders = Orders(folder, {"identify": self._act, "fail": self._fail}, self.told.set)

    async def _act(self, order: Order) -> str:
        self.done.append(order.id)
        return "blinked"

    async def _fail(self, order: Order) -> str:
        raise OrderFailed("no LED here")

    def beat(self) -> Beat:
        return Beat(
            gateway="pitch-1", epoch="0f" * 16, number=1, boot_us=0, epochs=[], orders=self.orders.report()
        )

    def hear(self, *orders: Order) -> None:
        self.orders.hear(Answer(number=1, hub_us=NOW_US, orders=list(orders)), self.beat())

    async def until_told(self) -> None:
        await asyncio.wait_for(self.told.wait(), 30)
        self.told.clear()

    @property
    def outcomes(self) -> dict[int, str]:
        return {one.id: one.state for one in self.orders.report()}


@asynccontextmanager
async def working(gateway: Gateway):
    task = asyncio.create_task(gateway.orders.run())
    yield gateway
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def test_an_order_that_comes_with_every_answer_is_done_once(tmp_path: Path) -> None:
    order = Order(7, "identify", LATER_US)
    async with working(Gateway(tmp_path)) as gateway:
        for _ in range(3):
            gateway.hear(order)
        await gateway.until_told()
        gateway.hear(order)
        assert gateway.outcomes == {7: "done"}, "told until the hub names it no more"
        gateway.hear()
        assert gateway.outcomes == {}
        gateway.hear(order)
    assert gateway.done == [7]
    async with working(Gateway(tmp_path)) as again:
        again.hear(order)
        await asyncio.sleep(0)
    assert again.done == []


async def test_what_is_too_late_unknown_or_impossible_is_told(tmp_path: Path) -> None:
    async with working(Gateway(tmp_path)) as gateway:
        gateway.hear(Order(1, "identify", NOW_US), Order(2, "reboot", LATER_US), Order(3, "fail", LATER_US))
        while len(gateway.outcomes) < 3:
            await gateway.until_told()
        words = {one.id: one.words for one in gateway.orders.report()}
    assert gateway.outcomes == {1: "expired", 2: "failed", 3: "failed"}
    assert "update it" in words[2]
    assert words[3] == "no LED here"
    assert gateway.done == []


KILLED = """
import asyncio, os, signal, sys
from pathlib import Path
from sts_edge.agent.orders import Orders
from sts_protocols.beat import Answer, Beat, Order

async def act(order):
    with open(sys.argv[2], "a") as file:
        file.write("done\\n")
    os.kill(os.getpid(), signal.SIGKILL)

async def main():
    orders = Orders(Path(sys.argv[1]), {"identify": act}, lambda: None)
    orders.hear(Answer(number=1, hub_us=1, orders=[Order(7, "identify", 10**9)]),
                Beat(gateway="pitch-1", epoch="0f" * 16, number=1, boot_us=0, epochs=[], orders=[]))
    await orders.run()

asyncio.run(main())
"""


async def test_killed_while_it_is_done_it_is_not_done_again_and_the_hub_hears_so(tmp_path: Path) -> None:
    file = tmp_path / "marks"
    command = [sys.executable, "-c", KILLED, str(tmp_path), str(file)]
    done = await asyncio.to_thread(subprocess.run, command, check=False, timeout=60)
    assert done.returncode == -9
    async with working(Gateway(tmp_path)) as gateway:
        await asyncio.sleep(0)
        assert gateway.outcomes == {7: "failed"}
        gateway.hear(Order(7, "identify", LATER_US))
        await asyncio.sleep(0)
    assert gateway.done == []
    assert file.read_text() == "done\n"


async def test_an_order_that_cannot_be_noted_is_not_done(tmp_path: Path) -> None:
    async with working(Gateway(tmp_path / "nowhere")) as gateway:
        gateway.hear(Order(7, "identify", LATER_US))
        await gateway.until_told()
    assert gateway.outcomes == {7: "failed"}
    assert gateway.done == []


# --- identify


def leds(folder: Path) -> Path:
    """The kernel's folder of a Pi with one LED that shows the card's work."""
    led = folder / "leds/ACT"
    led.mkdir(parents=True)
    (led / "trigger").write_text("none rc-feedback [mmc0] timer")
    (led / "brightness").write_text("0")
    return led


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(identify, "BLINK_S", 0.05)
    monkeypatch.setattr(identify, "HALF_A_BLINK_S", 0.01)


Words = Callable[[Identify], Awaitable[str]]


async def test_the_led_blinks_and_is_given_back_and_the_command_is_run(quick: None, tmp_path: Path) -> None:
    led, mark = leds(tmp_path), tmp_path / "beeped"
    words = await Identify(["touch", str(mark)], led.parent)(None)
    assert words.startswith("blinked ACT")
    assert words.endswith("ran touch")
    assert mark.exists()
    assert (led / "trigger").read_text() == "mmc0"


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ((), "no LED that the agent may switch, and no gateway.identify_command"),
        (("/nowhere/beep",), "cannot be run"),
        (("false",), "ended with code 1"),
    ],
)
async def test_a_gateway_that_cannot_be_found_says_what_it_lacks(
    tmp_path: Path, command: tuple[str, ...], words: str
) -> None:
    with pytest.raises(OrderFailed, match=words):
        await Identify(command, tmp_path)(None)
