"""Which migrations there are, and in which order."""

from __future__ import annotations

import pytest

from sts_hub.db.migrate import MigrationError, in_order, password_of, shipped


def test_migrations_are_sorted_by_their_number():
    steps = in_order([("0002_b.sql", "B"), ("0001_a.sql", "A"), ("README.md", "")])
    assert [(step.number, step.name, step.sql) for step in steps] == [(1, "a", "A"), (2, "b", "B")]


@pytest.mark.parametrize(
    "names", [["0002_a.sql"], ["0001_a.sql", "0001_b.sql"], ["0001_a.sql", "0003_b.sql"]]
)
def test_a_gap_or_a_number_given_twice_is_refused(names):
    with pytest.raises(MigrationError, match="numbered"):
        in_order([(name, "") for name in names])


def test_the_shipped_migrations_are_in_order():
    assert [step.number for step in shipped()] == list(range(1, len(shipped()) + 1))


@pytest.mark.parametrize(
    ("dsn", "password"),
    [
        ("postgresql://sts_ingest:a%40b@host/sts", "a@b"),
        ("postgresql://sts_ingest@host/sts", None),
        ("postgresql://postgres:secret@host/sts", None),
        (None, None),
    ],
)
def test_only_the_roles_own_dsn_tells_its_password(dsn, password):
    assert password_of(dsn, "sts_ingest") == password
