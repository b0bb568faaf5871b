"""The outside of a body: what it can make a reader allocate is bounded before it is unpacked."""

import tracemalloc
from concurrent.futures import ThreadPoolExecutor

import msgspec
import pytest
import zstandard

from sts_protocols.columns import decode_samples, decode_waveform
from sts_protocols.errors import RecordError
from sts_protocols.record import (
    MAX_UNPACKED_BYTES,
    decode_anchor,
    decode_drop,
    decode_log,
    iter_samples,
)
from sts_protocols.record.compression import pack, unpack
from sts_protocols.record.numbers import MAX_VALUES

READERS = (iter_samples, decode_samples, decode_waveform, decode_drop, decode_anchor, decode_log)

# 1 MiB unpacked becomes at most a list of a million small numbers (8 MiB); 48 K packets are 300 bytes each.
MEMORY_BOUND_BYTES = 32 * MAX_UNPACKED_BYTES

GIB = 2**30


def bomb(size: int) -> bytes:
    """Zeros, a few bytes per 128 KiB of them, with the true size in the frame."""
    compressor = zstandard.ZstdCompressor(level=3).compressobj(size=size)
    chunk = bytes(2**20)
    return b"".join(compressor.compress(chunk) for _ in range(size // len(chunk))) + compressor.flush()


def untold(size: int) -> bytes:
    """A frame that keeps its size to itself."""
    return zstandard.ZstdCompressor(write_content_size=False).compress(bytes(size))


def lying(size: int) -> bytes:
    """A frame of 300 bytes that claims to be `size` (frame header with an 8-byte content size)."""
    frame = zstandard.ZstdCompressor().compress(bytes(300))
    start = 4 + 1 + 2  # magic, descriptor, content size in 2 bytes
    return frame[:4] + b"\xe0" + size.to_bytes(8, "little") + frame[start:]


def huge_claims() -> bytes:
    """An array that claims four thousand million numbers."""
    return pack(b"\x97\xdd\xff\xff\xff\xff")


def samples(packets: int, values: int) -> bytes:
    """A body of that many packets, with that many values in the first: all alike, so a few bytes."""
    counts = [values] + [0] * (packets - 1)
    column = [1, 1, 1, counts, [0] * values, [0, values]]
    return pack(msgspec.msgpack.encode([["a"], [1, 1], [1, 1], packets, [5], [0] * (packets - 1), [column]]))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\x28\xb5\x2f\xfd",
        b"\x50\x2a\x4d\x18\x04\0\0\0skip",
        bomb(GIB // 8),
        untold(300),
        untold(2 * MAX_UNPACKED_BYTES),
        lying(GIB),
        lying(2**63),
        lying(MAX_UNPACKED_BYTES),
        pack(b"\xc0") + b"more",
        pack(b"\xc0") + pack(b"\xc0"),
        pack(b"\x91" * 100_000),
        pack(b"\xc6\xff\xff\xff\xff"),
        huge_claims(),
        samples(1, MAX_VALUES + 1),
        samples(MAX_VALUES + 1, 1),
        samples(1, 1_000_000),
    ],
    ids=lambda body: f"{len(body)} bytes {body[:8].hex()}",
)
def test_hostile_bodies_cost_one_error_and_bounded_memory(body):
    """Bombs, lies, nests and claims: one typed error from every reader, and no allocation to match the
    claim."""
    tracemalloc.start()
    for reader in READERS:
        with pytest.raises(RecordError):
            reader(body)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < MEMORY_BOUND_BYTES


def test_the_largest_honest_body_is_read_within_bounded_memory():
    """The most values and the most packets that a record may have."""
    tracemalloc.start()
    assert len(decode_samples(samples(1, MAX_VALUES)).value) == MAX_VALUES
    assert len(iter_samples(samples(MAX_VALUES, 1))) == MAX_VALUES
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < MEMORY_BOUND_BYTES


def test_the_bound_itself_passes():
    """1 MiB unpacks, one byte more is neither packed nor unpacked."""
    assert unpack(pack(bytes(MAX_UNPACKED_BYTES))) == bytes(MAX_UNPACKED_BYTES)
    with pytest.raises(RecordError):
        pack(bytes(MAX_UNPACKED_BYTES + 1))
    with pytest.raises(RecordError):
        unpack(zstandard.ZstdCompressor().compress(bytes(MAX_UNPACKED_BYTES + 1)))


def test_threads_do_not_share_a_context():
    """The writer's thread and the loop may pack and unpack at the same time."""
    plain = [bytes([n]) * 20_000 for n in range(200)]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda one: unpack(pack(one)), plain)) == plain
