"""Whatever a sensor sends, a reader tells finite values with a quality, or raises DecodeError."""

import json
import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from decoder_vectors import vectors
from sts_protocols import metrics
from sts_protocols.errors import DecodeError
from sts_protocols.kinds import KINDS, FrameReader, Kind, Told, by_name
from sts_protocols.sample import Quality, Value

# Inputs of the long loop, for each kind.
FUZZED = 100_000
SEED = 4
# A reader is used for so many inputs, so that what it remembers is fuzzed too.
INPUTS_OF_A_READER = 25
LONGEST_BYTES = 64

WORDS = {quality.word for quality in Quality}

# Kinds of frames of which a beginning may be another whole frame, so that it tells other numbers.
OTHERWISE_WHOLE = {
    # without its last byte, one with a resistance or a pace of one byte, as older texts have it
    "bike",
    "treadmill",
    "rower",
    "cross_trainer",
    # the frame of old straps, which have one mean; an advert comes whole or not at all
    "heart_rate_broadcast",
}


def check(told: list[Told]) -> None:
    """JSON can carry it, so all numbers are finite; each value has its metric, its unit and its quality, and what
    is called ok can be so."""
    json.dumps(told, allow_nan=False)
    for one in told:
        assert "reading" in one or "error" in one
        for value in one.get("values", ()):
            assert isinstance(value["metric"], str)
            assert isinstance(value["value"], float)
            assert value["unit"]
            assert value["quality"] in WORDS
            metric = metrics.by_name(value["metric"])
            assert metric is not None
            assert value["quality"] != Quality.OK.word or metric.plausible(value["value"])


def seeds(kind: Kind) -> list[bytes]:
    """The pieces of its vectors, to be changed."""
    return [data for vector in vectors(kind) for _, data in vector.pieces]


def feed(kind: Kind, pieces: list[bytes], gap_us: int) -> tuple[int, int]:
    """Feed one reader; how many pieces were told of and how many refused."""
    reader = kind.reader()
    good = 0
    for number, piece in enumerate(pieces):
        try:
            check(reader.feed(piece, number * gap_us))
            good += 1
        except DecodeError:
            pass
    return good, len(pieces) - good


def numbers(kind: Kind, piece: bytes) -> set[tuple[str, float]]:
    """Metrics and values that a new reader tells of one piece; none of one that it refuses."""
    try:
        told = kind.reader().feed(piece, 0)
    except DecodeError:
        return set()
    return {(value["metric"], value["value"]) for one in told for value in one["values"]}


def check_cut(kind: Kind, whole: bytes, at: int) -> None:
    """A frame that is cut tells nothing that the whole one does not: of half a field no number is made."""
    if kind.takes == "frames" and kind.name not in OTHERWISE_WHOLE and (there := numbers(kind, whole)):
        assert numbers(kind, whole[:at]) <= there


def changed(chance: random.Random, valid: list[bytes]) -> bytes:
    """A valid piece as it is, with changed bytes, cut, doubled, or bytes of chance."""
    piece = bytearray(chance.choice(valid))
    way = chance.randrange(6)
    if way == 1 and piece:
        for _ in range(chance.randint(1, 4)):
            piece[chance.randrange(len(piece))] = chance.choice((0, 0x7F, 0x80, 0xFF, chance.randrange(256)))
    elif way == 2:
        del piece[chance.randint(0, len(piece)) :]
    elif way == 3:
        piece += chance.randbytes(chance.randint(1, 8))
    elif way == 4:
        piece = bytearray(chance.randbytes(chance.randint(0, LONGEST_BYTES)))
    elif way == 5 and piece:
        piece = bytearray([piece[0] ^ 1 << chance.randrange(8)]) + chance.randbytes(len(piece) - 1)
    return bytes(piece)


def fuzz(kind: Kind, count: int) -> tuple[int, int]:
    """Feed `count` inputs of a seeded chance; how many were told of and how many refused."""
    chance = random.Random(f"{SEED}:{kind.name}")
    valid = seeds(kind)
    good = bad = 0
    while good + bad < count:
        pieces = [changed(chance, valid) for _ in range(INPUTS_OF_A_READER)]
        told, refused = feed(kind, pieces, chance.choice((0, 1_000, 1_000_000, 100_000_000)))
        check_cut(kind, pieces[0], chance.randint(0, len(pieces[0])))
        good, bad = good + told, bad + refused
    return good, bad


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_a_reader_tells_or_refuses_and_nothing_else(kind):
    """Five hundred times one reader is fed a valid piece, the beginning of it with any bytes behind, and those
    bytes alone."""

    @settings(max_examples=500, deadline=None, database=None)
    @given(st.sampled_from(seeds(kind)), st.integers(0, LONGEST_BYTES), st.binary(max_size=LONGEST_BYTES))
    def rule(valid: bytes, cut: int, tail: bytes) -> None:
        feed(kind, [valid, valid[:cut] + tail, tail], 10**6)
        check_cut(kind, valid, cut)

    rule()


@pytest.mark.long
@pytest.mark.timeout(900)
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_a_hundred_thousand_seeded_inputs(kind, tell, fuzzed):
    """The same without hypothesis, many times more; it must be no loop that refuses or takes everything."""
    began_s = time.process_time()
    good, bad = fuzz(kind, FUZZED)
    fuzzed(good + bad)
    tell(f"{good:,} inputs told of, {bad:,} refused, {time.process_time() - began_s:.1f} CPU-s")
    assert good + bad >= FUZZED
    assert good > FUZZED // 100


@pytest.mark.parametrize(
    "values",
    [
        lambda _: (Value(1, float("inf"), 0),),
        lambda _: (Value(1, float("nan"), 0),),
        lambda _: (Value(9_999, 1.0, 0),),
        lambda _: (Value(1, 1.0, 99),),
        lambda _: (Value(1, 241.0, 0),),
        lambda frame: (Value(1, float(25 + len(frame)), 0),),
        lambda frame: (Value(1, float(frame[40]), 0),),
    ],
    ids=["infinite", "not a number", "no metric", "no quality", "no heart's", "of the length", "IndexError"],
)
def test_a_bad_decoder_is_found_by_the_loop(values):
    """The control: each fault that the loop is for, made on purpose, ends it."""
    heart_rate = by_name("heart_rate")
    bad = heart_rate._replace(reader=lambda: FrameReader(lambda frame: frame, values))
    with pytest.raises((AssertionError, ValueError, IndexError)):
        fuzz(bad, 1_000)


def test_kinds_are_named_once():
    """A name is typed by a technician and never means two things."""
    assert len({kind.name for kind in KINDS}) == len(KINDS)
    assert all(by_name(kind.name) is kind for kind in KINDS)
    assert by_name("") is None
