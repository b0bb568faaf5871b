"""Who may be meant by a list or a file: words worked out by hand."""

from __future__ import annotations

import pytest

from sts_hub.erasure.naming import Named, may_be, names

ANA = Named("Ana Ribeiro Costa", "2001", ["POR-117 44"])


@pytest.mark.parametrize(
    ("name", "birth", "may"),
    [
        ("RIBEIRO COSTA, Ana", "2001", True),
        ("Ána Ribeiro-Costa", "2001-07-03", True),
        ("Ana Ribeiro Costa", "", True),
        ("Ana Ribeiro Costa", "1999", False),
        ("Ana Ribeiro", "2001", False),
        ("Ana Ribeiro Costa Lima", "2001", False),
    ],
)
def test_somebody_in_a_list_may_be_meant_by_the_same_words_and_no_other_year(
    name: str, birth: str, may: bool
) -> None:
    assert may_be(ANA, name, birth) is may


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"1;117;Ribeiro Costa;Ana;57.1\n", True),
        ("<Person><Family>Ribeiro Costa</Family><Given>Ána</Given></Person>".encode(), True),
        ("<Person><Family>Ribeiro Costa</Family><Given>Ána</Given></Person>".encode("cp1252"), True),
        ("1;Ribeiro Costa;Ana".encode("utf-16"), True),
        (b"4;POR-117 44;57.1", True),
        (b"1;Costa;Ana;57.1\n2;Lima;Bea;58\n3;Ribeiro;Ina;59", False),
        (("Ribeiro Costa " + "x " * 40 + "Ana").encode(), False),
        (b"1;0:57.13", False),
        (b"PK\x03\x04\x00Ana Ribeiro Costa", None),
        (b"", False),
    ],
)
def test_a_file_names_somebody_whose_words_stand_near_each_other(data: bytes, told: bool | None) -> None:
    assert names(ANA, data) is told


def test_a_name_of_initials_is_found_nowhere() -> None:
    assert names(Named("A. B.", "", []), b"A. B. and everybody else") is False
