"""The whole stack of docker-compose.yml, asked through Nginx by HTTPS as a browser asks, while its parts die.

One run in this order: what is proved last needs what was recorded before.
"""

from __future__ import annotations

import contextlib
import subprocess
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from compose_stack import DRAIN_ALLOWANCE_S, PATIENCE_S, START_ALLOWANCE_S, ComposeError, Stack, eventually
from faults import oracle, spoil
from faults.onlooker import Onlooker
from faults.witness import Witness

pytestmark = [pytest.mark.compose, pytest.mark.timeout(1800)]

STRAPS = 30
REPLICAS = 4
# Of 250 MB; the base image, python:3.13-slim-trixie, has about 120.
ADDED_BYTES = 130_000_000


@pytest.mark.parametrize("image", ["sts/hub:0.1.0", "sts/edge:0.1.0"])
def test_an_image_adds_little_to_pythons_own(stack: Stack, image: str) -> None:
    def size(name: str) -> int:
        words = ["docker", "image", "inspect", "--format", "{{.Size}}", name]
        return int(subprocess.run(words, capture_output=True, text=True, check=True).stdout)

    assert size(image) - size("python:3.13-slim-trixie") < ADDED_BYTES


def test_what_must_not_be_reached_is_not(stack: Stack) -> None:
    """Nginx does not even know database and broker by name, and the database has no way out; the control is the API's name."""

    def knows(service: str, name: str) -> bool:
        done = stack.inside(service, "sh", "-c", f"getent hosts {name} > /dev/null && echo yes || echo no")
        return done.strip() == "yes"

    assert knows("nginx", "api")
    assert not knows("nginx", "timescaledb")
    assert not knows("nginx", "rabbitmq")
    assert knows("timescaledb", "rabbitmq")
    assert not knows("timescaledb", "nginx")


def test_thirty_straps_are_live_on_the_stream_through_the_proxy(stack: Stack, onlooker: Onlooker) -> None:
    def live() -> bool:
        return len({seen.athlete for seen in onlooker.seen if seen.metric == "heart_rate"}) == STRAPS

    eventually(live, "thirty straps on the wall")


def test_a_session_that_was_held_has_a_summary(stack: Stack, onlooker: Onlooker) -> None:
    api = stack.api()
    team = next(iter(api.all("/teams")))["id"]
    session = api.add("/sessions", {"team_id": team, "name": "Proof"})
    api.call("POST", f"/sessions/{session}/start", {})
    heard = len(onlooker.seen)
    eventually(lambda: len(onlooker.seen) > heard + 20 * STRAPS, "twenty values of each strap")
    api.call("POST", f"/sessions/{session}/end", {})

    def worked_out() -> bool:
        summary = api.call("GET", f"/sessions/{session}/summary")
        return len(summary["athletes"]) == STRAPS

    eventually(worked_out, "a summary of thirty athletes")


def test_a_replica_of_four_is_killed_under_load_and_no_safe_request_fails(stack: Stack) -> None:
    stack.up("--scale", f"api={REPLICAS}", "--no-recreate")
    statuses, ended = Counter[int](), threading.Event()
    cookies = stack.signed_in()

    def ask() -> None:
        with httpx.Client(
            base_url=stack.origin, verify=stack.trusted, timeout=PATIENCE_S, cookies=cookies
        ) as client:
            while not ended.is_set():
                statuses[client.get("/api/v1/me").status_code] += 1

    with ThreadPoolExecutor(4) as pool:
        asking = [pool.submit(ask) for _ in range(4)]
        eventually(lambda: statuses[200] > 50, "load")
        stack.kill("api", 2)
        after = statuses[200]
        eventually(lambda: statuses[200] > after + 200, "load after the kill")
        ended.set()
    for one in asking:
        one.result()
    assert set(statuses) == {200}
    eventually(stack.healthy, "the killed replica back by itself", START_ALLOWANCE_S)


def test_a_worker_dies_inside_its_transaction(stack: Stack, witness: Witness) -> None:
    """Judged at the end, by what is stored: here only that it happened."""
    # Whoever writes the ledger now waits, within its transaction, until this one has ended.
    locking = "BEGIN; LOCK TABLE sts.epoch IN SHARE ROW EXCLUSIVE MODE; SELECT pg_sleep(600);"
    words = ("psql", "-U", "postgres", "-d", "sts", "-c", locking)
    waiting = (
        "SELECT pid FROM pg_stat_activity WHERE application_name LIKE 'sts-hub ingest%' "
        "AND wait_event_type = 'Lock' AND xact_start IS NOT NULL"
    )
    with ThreadPoolExecutor(1) as pool:
        locked = pool.submit(_quietly, stack, *words)
        try:
            eventually(lambda: stack.sql(waiting), "a worker within its transaction")
            for number in (1, 2):
                stack.kill("ingest", number)
        finally:
            stack.sql(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(600)%' AND pid <> pg_backend_pid()"
            )
        locked.result()
    eventually(stack.healthy, "the workers back by themselves", START_ALLOWANCE_S)


def _quietly(stack: Stack, *words: str) -> None:
    with contextlib.suppress(ComposeError):  # how it ends is that it is ended
        stack.inside("timescaledb", *words)


@pytest.mark.parametrize("service", ["timescaledb", "rabbitmq"])
def test_database_and_broker_start_anew_under_ingest(stack: Stack, onlooker: Onlooker, service: str) -> None:
    stack.compose("restart", service)
    eventually(stack.healthy, f"everything healthy after {service}", START_ALLOWANCE_S)
    heard = len(onlooker.seen)
    eventually(lambda: len(onlooker.seen) > heard + STRAPS, "live values again")


def test_nothing_is_lost_or_stored_twice(stack: Stack, witness: Witness) -> None:
    """By the oracle, which knows the wire alone; the control plants each wrong and sees that it is named."""
    stack.compose("stop", "sims")
    eventually(lambda: stack.waiting_records() == 0, "everything at the hub", DRAIN_ALLOWANCE_S)
    account, rows = oracle.read(witness.log), stack.rows()
    findings = oracle.compare(account, rows, stack.received())
    assert findings.accepted > 1000
    assert {name: n for name, n in findings.counters().items() if n} == {}, findings.examples
    for planted in spoil.PLANTED:
        spoilt_account, spoilt_rows = account.copy(), Counter(rows)
        planted.plant(spoilt_account, spoilt_rows)
        assert oracle.compare(spoilt_account, spoilt_rows).counters()[planted.counter] > 0, planted.what


def test_down_and_up_keeps_what_is_stored(stack: Stack, witness: Witness) -> None:
    before = stack.rows()
    stack.compose("--profile", "sims", "down")
    stack.up()
    assert stack.rows() == before
    assert [team["name"] for team in stack.api().all("/teams")] == ["First team"]
