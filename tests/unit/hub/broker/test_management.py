"""What the broker's management API may answer to a deletion."""

from __future__ import annotations

import httpx
import pytest

from sts_hub.broker import management as module
from sts_hub.broker.management import BrokerError, Management


async def asked(monkeypatch: pytest.MonkeyPatch, *answers: int) -> int:
    """Delete something; how often the broker was asked until it was gone."""
    left = list(answers)
    monkeypatch.setattr(module, "DELETE_AGAIN_S", 0.0)
    async with Management("http://hub:secret@broker.test:15672", "sts") as management:
        transport = httpx.MockTransport(lambda _: httpx.Response(left.pop(0)))
        management._client = httpx.AsyncClient(transport=transport, base_url="http://broker.test/api")
        await management.delete("connections", "username", "pitch-1")
    return len(answers) - len(left)


async def test_what_goes_by_itself_meanwhile_is_asked_for_again(monkeypatch):
    assert await asked(monkeypatch, 204) == 1
    assert await asked(monkeypatch, 404) == 1
    assert await asked(monkeypatch, 500, 500, 404) == 3


async def test_a_broker_that_keeps_failing_or_refuses_is_a_sentence(monkeypatch):
    with pytest.raises(BrokerError, match="status 500"):
        await asked(monkeypatch, *[500] * module.DELETES)
    with pytest.raises(BrokerError, match="status 401"):
        await asked(monkeypatch, 401, 204)
