"""Codes of authenticator apps by the vectors of RFC 6238, each once; backup codes."""

from __future__ import annotations

import re

import pytest

from sts_hub.second_factors import codes

# RFC 6238, appendix B, SHA-1: the ASCII secret 12345678901234567890 in base 32, and the last six of its eight digits.
SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
VECTORS = [
    (59, "287082"),
    (1111111109, "081804"),
    (1111111111, "050471"),
    (1234567890, "005924"),
    (2000000000, "279037"),
    (20000000000, "353130"),
]


@pytest.mark.parametrize(("now_s", "code"), VECTORS)
def test_a_code_of_the_standard_is_that_of_its_step(now_s: int, code: str) -> None:
    assert codes.step_of(SECRET, code, now_s, 0) == now_s // 30


@pytest.mark.parametrize(
    ("late_s", "counts"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)]
)
def test_a_code_counts_one_step_early_and_one_late(late_s: int, counts: bool) -> None:
    assert (codes.step_of(SECRET, "005924", 1234567890 + late_s, 0) is not None) is counts


def test_a_step_that_was_used_counts_no_more_and_the_next_one_does() -> None:
    used = 1111111109 // 30
    assert codes.step_of(SECRET, "081804", 1111111109, used) is None
    assert codes.step_of(SECRET, "050471", 1111111111, used) == used + 1


@pytest.mark.parametrize("code", ["", "28708", "2870820", "287083", "x" * 40, "２８７０８２"])
def test_what_is_no_code_is_refused(code: str) -> None:
    assert codes.step_of(SECRET, code, 59, 0) is None


def test_the_address_says_who_and_where_in_the_form_that_apps_read() -> None:
    assert codes.address(SECRET, "ana@club.example") == (
        f"otpauth://totp/Smart%20Training%20System:ana%40club.example?secret={SECRET}&issuer=Smart%20Training%20System"
    )


def test_a_secret_has_160_bits_and_is_never_the_same() -> None:
    first, second = codes.new_secret(), codes.new_secret()
    assert len(first) == 160 // 5
    assert first != second


def test_backup_codes_are_ten_different_ones_of_80_bits() -> None:
    made = codes.backup_codes()
    assert len(set(made)) == 10
    assert all(re.fullmatch(r"([a-z2-7]{4}-){3}[a-z2-7]{4}", one) for one in made)


@pytest.mark.parametrize("typed", ["abcd-efgh-2345-ijkl", " ABCD EFGH 2345 IJKL ", "abcdefgh2345ijkl"])
def test_how_a_code_is_typed_does_not_matter(typed: str) -> None:
    assert codes.plain(typed) == "abcdefgh2345ijkl"
