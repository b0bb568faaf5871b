"""Sealed secrets: opened with the same key about the same thing, and never else."""

from __future__ import annotations

import pytest

from sts_hub.errors import Conflict
from sts_hub.kit.sealing import Sealing

KEY = "thirty-two characters, or so many"


def test_what_was_sealed_is_opened() -> None:
    sealed = Sealing(KEY).seal(b"secret", "a")
    assert b"secret" not in sealed
    assert Sealing(KEY).opened(sealed, "a") == b"secret"


@pytest.mark.parametrize(("key", "about", "harm"), [(KEY + "x", "a", 0), (KEY, "b", 0), (KEY, "a", 1)])
def test_another_key_another_thing_and_a_changed_bit_do_not_open_it(key: str, about: str, harm: int) -> None:
    sealed = bytearray(Sealing(KEY).seal(b"secret", "a"))
    sealed[-1] ^= harm
    with pytest.raises(Conflict):
        Sealing(key).opened(bytes(sealed), about)


def test_without_a_key_it_says_who_must_give_one() -> None:
    none = Sealing("")
    assert not none.possible
    with pytest.raises(Conflict) as told:
        none.seal(b"secret", "a")
    assert "STS_SEALING_KEY_FILE" in told.value.way_out_now


def test_the_same_text_is_never_sealed_alike() -> None:
    assert Sealing(KEY).seal(b"secret", "a") != Sealing(KEY).seal(b"secret", "a")
