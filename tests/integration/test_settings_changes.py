"""Every setting may be changed while records wait: after the next start they all are still there.

The walk goes over the settings classes themselves, so a key that is added tomorrow is covered by itself.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest

from buffer_support import KNOWN_CLOCK, body_of
from sts_edge.agent import Agent
from sts_edge.buffer import SegmentLog
from sts_edge.config import Settings
from sts_edge.config.settings import GatewaySettings, HubSettings
from sts_edge.config.shape import field_meta, known_keys, list_table, single_table, table_of
from sts_protocols.record import Kind

# Every one of these routes is asked on both generations by the tests of hostile requests.
pytestmark = pytest.mark.one_generation


def plain(folder: Path) -> Settings:
    """Settings of a gateway whose hub is not there."""
    secret = folder / "password"
    secret.write_text("secret\n")
    return Settings(
        gateway=GatewaySettings(name="pitch-1", data_dir=folder / "data", run_dir=folder / "run"),
        hub=HubSettings(url="amqp://127.0.0.1:1/sts", password_file=secret),
    )


def candidates(shape: Any, value: Any) -> Iterator[Any]:
    """Other values that a key may have, whatever it is."""
    example = field_meta(shape).example
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, (int, float)):
        yield from (value + 1, value - 1, value * 2)
    elif isinstance(value, Path):
        yield value.with_name(value.name + "-2")
    elif isinstance(value, str):
        yield value + "2"
    elif isinstance(value, tuple):
        yield [f"{one}2" for one in value]
    yield example
    yield from choices(shape)


def choices(shape: Any) -> Iterator[Any]:
    """The words of a key that has a choice of them."""
    for part in get_args(shape):
        if isinstance(part, str):
            yield part
            yield [part]
        elif get_args(part):
            yield from choices(part)


def another(shape: Any, value: Any) -> Any:
    """A value that is right for a key and not the one it has."""
    for one in candidates(shape, value):
        try:
            right = msgspec.convert(one, shape, dec_hook=lambda kind, given: kind(given))
        except msgspec.ValidationError:
            continue
        if right != value:
            return right
    return value


def item(table: Any, **given: Any) -> Any:
    """A table made of the examples of the keys that it must have."""
    for field in msgspec.structs.fields(table):
        if field.required:
            example = field_meta(field.type).example
            given.setdefault(
                field.name, msgspec.convert(example, field.type, dec_hook=lambda kind, one: kind(one))
            )
    return table(**given)


def changed(settings: Settings, key: str) -> Settings:
    """The settings with that key changed; a table that was not there comes with it."""
    table_name, _, name = key.partition(".")
    shape = next(one.type for one in msgspec.structs.fields(Settings) if one.name == table_name)
    table = table_of(shape)
    before = getattr(settings, table_name)
    field = next(one for one in msgspec.structs.fields(table) if one.name == name)
    if list_table(shape) or before is None:
        fresh = item(table)
        fresh = msgspec.structs.replace(fresh, **{name: another(field.type, getattr(fresh, name))})
        return msgspec.structs.replace(settings, **{table_name: (fresh,) if list_table(shape) else fresh})
    assert single_table(shape) is not None
    value = another(field.type, getattr(before, name))
    return msgspec.structs.replace(settings, **{table_name: msgspec.structs.replace(before, **{name: value})})


async def fill(settings: Settings, records: int) -> None:
    """Let so many records of samples wait."""
    log = SegmentLog(settings.gateway.data_dir / "buffer", settings.buffer)
    log.open()
    for number in range(records):
        record = log.append(Kind.SAMPLES, body_of(60, number), number, number, KNOWN_CLOCK)
        if number % 500 == 499:
            await log.synced(record.header.seq)
    await log.close()


async def found(settings: Settings) -> tuple[int, int]:
    """Start the agent with these settings and end it at once: how many samples wait, how many are dropped."""
    agent = Agent(settings)
    try:
        await agent.open()
    except Exception:  # a start that is refused, as with a witness that is not there
        return await found_in(settings)
    stop = asyncio.Event()
    stop.set()
    told = agent.buffer.bulk().get("samples", (0, 0))[0], agent.buffer.stats().dropped_records
    await agent.run(stop)
    return told


async def found_in(settings: Settings) -> tuple[int, int]:
    """The same of the buffer alone."""
    log = SegmentLog(settings.gateway.data_dir / "buffer", settings.buffer)
    log.open()
    told = log.bulk().get("samples", (0, 0))[0], log.stats().dropped_records
    await log.close()
    return told


@pytest.mark.timeout(900)
@pytest.mark.parametrize("records", [2_000, pytest.param(100_000, marks=pytest.mark.long)])
async def test_no_change_of_a_setting_costs_a_waiting_record(
    tmp_path: Path, records: int, tell: Callable[[str], None]
) -> None:
    settings = plain(tmp_path)
    await fill(settings, records)
    keys, untouched = list(known_keys()), []
    for key in keys:
        other = changed(settings, key)
        untouched += [key] if other == settings else []
        told = await found(other)
        if other.gateway.data_dir == settings.gateway.data_dir:
            assert told == (records, 0), key
        else:
            assert told == (0, 0), "another folder holds nothing"
    assert untouched == [], "for these keys no other value was found: give them an example"
    assert await found_in(settings) == (records, 0)
    tell(f"{len(keys)} settings changed one by one, {records:,} records waiting, 0 lost, 0 dropped")


async def test_the_count_notices_what_is_gone(tmp_path: Path) -> None:
    """The control: records that are gone are not counted as there."""
    settings = plain(tmp_path)
    await fill(settings, 200)
    (tmp_path / "data/buffer").rename(tmp_path / "data/elsewhere")

    assert await found_in(settings) == (0, 0)
