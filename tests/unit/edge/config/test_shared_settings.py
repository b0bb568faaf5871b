"""The part of the settings that the hub may change: told alike on both sides, put into the file, refused with every fault."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sts_edge.config import ConfigError, sample_settings
from sts_edge.config.shared import SHARED, hash_of, shared_text, with_shared

SETTINGS = """\
# The north pitch.
[gateway]
name = "pitch-1"
[hub]
url = "amqp://127.0.0.1:1/sts"
password_file = "password"

[record]
# Fast enough for the wall.
live_ms = 250

[[sensors]]  # the captain's
name = "hr-01"
address = "A0:9E:1A:00:00:01"
kind = "heart_rate"
"""
STRAP = {"name": "hr-02", "address": "A0:9E:1A:00:00:02", "kind": "heart_rate"}


@pytest.fixture
def base(tmp_path: Path) -> Path:
    (tmp_path / "password").write_text("secret\n")
    (tmp_path / "password").chmod(0o600)
    return tmp_path


def test_who_the_gateway_is_where_its_hub_is_and_secrets_are_not_shared() -> None:
    told = shared_text(sample_settings())
    assert set(json.loads(told)) <= set(SHARED)
    for private in ("password", "hub.example.org", "/etc/sts-edge", "data_dir"):
        assert private not in told


def test_the_same_settings_have_the_same_hash_however_they_are_spelled(base: Path) -> None:
    reordered = SETTINGS.replace(
        'name = "hr-01"\naddress = "A0:9E:1A:00:00:01"', 'address = "A0:9E:1A:00:00:01"\nname = "hr-01"'
    ).replace("# Fast", "# Quick")
    assert hash_of(shared_text(reordered)) == hash_of(shared_text(SETTINGS))
    assert hash_of(shared_text(SETTINGS.replace("250", "251"))) != hash_of(shared_text(SETTINGS))


def test_what_is_put_in_is_read_again_and_everything_else_stays_as_it_is_spelled(base: Path) -> None:
    wanted = json.loads(shared_text(SETTINGS))
    wanted["record"]["live_ms"] = 500
    wanted["buffer"] = {"max_age_days": 3.0, "when_full": "refuse-new"}
    wanted["sensors"].append(STRAP)
    after, settings = with_shared(SETTINGS, json.dumps(wanted), base)
    assert json.loads(shared_text(after)) == wanted
    assert [one.name for one in settings.sensors] == ["hr-01", "hr-02"]
    assert "# The north pitch." in after
    assert "# Fast enough for the wall." in after
    assert settings.gateway.name == "pitch-1"
    back, _ = with_shared(after, shared_text(SETTINGS), base)
    assert shared_text(back) == shared_text(SETTINGS)


def test_tables_that_are_the_same_leave_the_file_as_it_is(base: Path) -> None:
    assert with_shared(SETTINGS, shared_text(SETTINGS), base)[0] == SETTINGS


def test_every_fault_is_told_at_once(base: Path) -> None:
    wanted = {"record": {"live_ms": 5}, "sensors": [{**STRAP, "kind": "toaster"}, {**STRAP, "nmae": "x"}]}
    with pytest.raises(ConfigError) as told:
        with_shared(SETTINGS, json.dumps(wanted), base)
    keys = {fault.key for fault in told.value.faults}
    assert {"record.live_ms", "sensors[1].kind", "sensors[2].nmae", "sensors[2].name"} <= keys


@pytest.mark.parametrize(
    "tables",
    [
        '{"hub":{"url":"amqp://127.0.0.1:2/sts"}}',
        '{"gateway":{"name":"pitch-2"}}',
        '{"folders":[{"name":"all","path":"/etc"}]}',
        '{"mqtt":{"url":"mqtt://127.0.0.1"}}',
        '{"witness":{"socket":"/tmp/x"}}',
        '{"record":{"live_ms":null}}',
        '{"sensors":5}',
        '{"record":[1]}',
        "[]",
        "",
        '{"buffer":{"max_bytes":1e400}}',
    ],
)
def test_what_the_hub_may_not_say_is_refused(base: Path, tables: str) -> None:
    with pytest.raises(ConfigError):
        with_shared(SETTINGS, tables, base)
