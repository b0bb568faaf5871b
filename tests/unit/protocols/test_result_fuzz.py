"""Whatever the bytes, a reader of result files tells what it reads or raises its one error; with full counts for `make test-long`."""

import random
from collections.abc import Callable

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from result_files import FILES, IDS
from sts_protocols.errors import ResultFileError
from sts_protocols.results import reading
from sts_protocols.results.model import Reading

# What breaks readers of lines, cells, columns and elements.
SPOILERS = [
    b'"',
    b",",
    b";",
    b"|",
    b"\n",
    b"\r",
    b"\t",
    b"<",
    b"/>",
    b"&",
    b"\xff",
    b"\0",
    b"-1",
    b"NT",
    b"999999999999",
    b"1:60",
    b"\xc3",
]
EXAMPLES = 500
LONG = 100_000


def hurt(data: bytes, choice: random.Random) -> bytes:
    """The bytes with one to six places spoilt."""
    spoilt = bytearray(data)
    for _ in range(choice.randint(1, 6)):
        place = choice.randrange(len(spoilt) + 1)
        end = place + choice.choice((0, 0, 1, 3, 30))
        spoilt[place:end] = choice.choice((choice.choice(SPOILERS), choice.randbytes(3), spoilt[:20], b""))
    return bytes(spoilt)


def survives(read: Callable[[bytes], Reading], data: bytes) -> None:
    """A reading that can be written as JSON, or the one error."""
    try:
        told = read(data)
    except ResultFileError:
        return
    assert msgspec.json.encode(told)


def reader(form: str, number: int) -> Callable[[bytes], Reading]:
    """The format's own reader; each fourth time the one that finds the format first."""
    return reading.read if number % 4 == 0 else reading.FORMATS[form].read


@pytest.mark.parametrize("file", FILES, ids=IDS)
def test_spoilt_files(file, fuzzed):
    @settings(max_examples=EXAMPLES)
    @given(st.integers(0, 2**32))
    def rule(seed):
        survives(reader(file.form, seed), hurt(file.data, random.Random(seed)))

    rule()
    fuzzed(EXAMPLES)


@pytest.mark.parametrize("form", reading.FORMATS)
def test_any_bytes(form, fuzzed):
    @settings(max_examples=EXAMPLES // 5)
    @given(st.binary(max_size=400))
    def rule(data):
        survives(reading.FORMATS[form].read, data)
        survives(reading.read, data)

    rule()
    fuzzed(EXAMPLES // 5)


@pytest.mark.long
@pytest.mark.timeout(1500)
@pytest.mark.parametrize("file", FILES, ids=IDS)
def test_a_hundred_thousand_spoilt_files(file, fuzzed):
    """Seeded, so that a failure comes again."""
    choice = random.Random(20260502)
    for number in range(LONG):
        survives(reader(file.form, number), hurt(file.data, choice))
    fuzzed(LONG)
