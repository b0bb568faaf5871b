"""Sites: what is simulated is told in the truth, and one seed says it twice the same."""

import asyncio
import contextlib
import hashlib
import io
import json

import msgspec
import pytest

from sts_sims import site
from sts_sims.scenario import ScenarioError
from sts_sims.site import Competition
from uplink_support import eventually


async def truth_of(loaded: site.Site, folder, enough=lambda told: False) -> list[dict]:
    """What a site tells until it is over, or it is enough."""
    folder.mkdir()
    log = io.BytesIO()

    def told() -> list[dict]:
        return [json.loads(line) for line in log.getvalue().splitlines()]

    run = asyncio.create_task(Competition(loaded, folder, None, log).run())
    await eventually(lambda: run.done() or enough(told()))
    run.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await run
    return told()


async def test_a_swim_meet_leaves_its_files_as_its_truth_says_twice_the_same(tmp_path):
    loaded = msgspec.structs.replace(site.load("swim-meet"), speed=50_000.0)
    first = await truth_of(loaded, tmp_path / "a")
    assert first == await truth_of(loaded, tmp_path / "b")
    last = {line["file"]: line["sha256"] for line in first}
    assert len(last) == 12 < len(first)
    assert {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in (tmp_path / "a").iterdir()
    } == last


async def test_a_ski_race_tells_starts_finishes_and_passings(tmp_path):
    shipped = site.load("ski-race")
    plan = {name: msgspec.structs.replace(getattr(shipped, name), port=0) for name in ("box", "timer")}
    both = {"race_result", "alpenhunde"}
    told = await truth_of(
        msgspec.structs.replace(shipped, speed=400.0, **plan),
        tmp_path / "a",
        lambda told: {line["from"] for line in told} >= both,
    )
    assert {line["from"] for line in told} == both


def test_a_site_that_is_none_is_a_sentence(tmp_path):
    (tmp_path / "wrong.toml").write_text("about = 1")
    for name in (str(tmp_path / "wrong.toml"), "nowhere"):
        with pytest.raises(ScenarioError, match="cannot be used"):
            site.load(name)
