"""Named queries out of SQL files."""

from __future__ import annotations

import pytest

from sts_hub.db import queries


def test_each_block_is_an_attribute_with_its_comment():
    found = queries.parse("-- name: one\n-- says why\nSELECT 1\n\n-- name: two\nSELECT 2\n", "x.sql")
    assert found.one == "-- says why\nSELECT 1"
    assert found.two == "SELECT 2"
    assert dir(found) == ["one", "two"]


def test_an_unknown_name_says_which_file_lacks_it():
    with pytest.raises(AttributeError, match=r"x\.sql has no query named three"):
        _ = queries.parse("-- name: one\nSELECT 1", "x.sql").three


def test_a_name_given_twice_is_refused():
    with pytest.raises(ValueError, match="twice: one"):
        queries.parse("-- name: one\nSELECT 1\n-- name: one\nSELECT 2", "x.sql")


@pytest.mark.parametrize(
    ("package", "file"), [("sts_hub.ingest", "queries.sql"), ("sts_hub.ingest", "parking.sql")]
)
def test_shipped_files_are_found_in_their_package(package, file):
    assert dir(queries.load(package, file))
