"""Everything leaves in order, at a pace, and nothing is kept for a bus that is away."""

import asyncio

from dbus_fast import Message

from sts_sims.carriers.bluez.outbox import BURST_MESSAGES, Outbox


class Bus:
    """Takes what is sent, and notes how much came without a pause."""

    def __init__(self, enough: int) -> None:
        self.enough = asyncio.Event()
        self._enough = enough
        self.sent: list[Message] = []
        self.bursts: list[int] = []
        self._last_s = 0.0

    async def send(self, message: Message) -> None:
        now_s = asyncio.get_running_loop().time()
        if now_s - self._last_s > 0.003:
            self.bursts.append(0)
        self.bursts[-1] += 1
        self._last_s = now_s
        self.sent.append(message)
        if len(self.sent) >= self._enough:
            self.enough.set()


def message(number: int) -> Message:
    return Message(path="/a", interface="a.b", member=f"m{number}", destination="a.b")


async def sent(outbox: Outbox, count: int) -> Bus:
    bus = Bus(count)
    task = asyncio.ensure_future(outbox.run(bus))  # type: ignore[arg-type]
    async with asyncio.timeout(10.0):
        await bus.enough.wait()
    task.cancel()
    return bus


async def test_messages_leave_in_order_and_never_in_a_long_burst() -> None:
    outbox = Outbox()
    outbox.open()
    for number in range(100):
        outbox.post(message(number))
    bus = await sent(outbox, 100)
    assert [m.member for m in bus.sent] == [f"m{n}" for n in range(100)]
    assert max(bus.bursts) <= BURST_MESSAGES


async def test_an_act_is_done_after_what_was_posted_before_it() -> None:
    outbox = Outbox()
    outbox.open()
    done: list[str] = []
    outbox.post(message(1))
    outbox.then(lambda: done.append("act"))
    assert not done
    await sent(outbox, 1)
    await asyncio.sleep(0.02)
    assert done == ["act"]


async def test_a_closed_outbox_drops_messages_and_still_does_acts() -> None:
    outbox = Outbox()
    done: list[str] = []
    outbox.post(message(1))
    outbox.open()
    outbox.then(lambda: done.append("waiting"))
    outbox.close()
    outbox.then(lambda: done.append("late"))
    assert done == ["waiting", "late"]
