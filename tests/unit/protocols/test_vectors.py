"""Every kind that can be decoded, on its own vectors; a kind without any is not shipped."""

from pathlib import Path

import pytest

from decoder_vectors import FOLDER, Vector, all_vectors, feed, page
from sts_protocols.kinds import KINDS


def test_every_kind_has_vectors_and_every_file_a_kind():
    """The table, the vectors and so the conformance page are of one mind."""
    assert sorted(kind.name for kind in KINDS) == sorted(Path(file).stem for file in FOLDER.glob("*.toml"))


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_a_file_of_vectors_says_where_they_are_from(kind):
    """About, origin and hardware are sentences; one vector at least is good."""
    told = page(kind)
    assert all(told[word] for word in ("about", "origin", "hardware"))
    assert any(not vector.get("refused") for vector in told["vectors"])


@pytest.mark.parametrize("vector", all_vectors(), ids=str)
def test_a_vector_is_decoded_as_it_says(vector: Vector):
    """Values with their quality, in order; further words where the vector has them."""
    told, error = feed(vector)
    assert (error is not None) == vector.told.get("refused", False), error
    values = [[v["metric"], v["value"], v["quality"]] for one in told for v in one.get("values", ())]
    expected = vector.told.get("values", [])
    assert [value[::2] for value in values] == [value[::2] for value in expected]
    assert [value[1] for value in values] == pytest.approx([value[1] for value in expected], rel=1e-12)
    if "reading" in vector.told:
        assert told[-1]["reading"] == {**told[-1]["reading"], **vector.told["reading"]}
    if "without" in vector.told:
        assert not set(vector.told["without"]) & set(told[-1]["reading"])
    if "told" in vector.told:
        assert told == [{**one, **some} for one, some in zip(told, vector.told["told"], strict=True)]


def test_a_wrong_vector_is_found():
    """The control: one value changed, and the rule above fails."""
    right = next(vector for vector in all_vectors() if vector.told.get("values"))
    (metric, value, quality), *others = right.told["values"]
    wrong = right._replace(told={**right.told, "values": [[metric, value + 1, quality], *others]})
    with pytest.raises(AssertionError):
        test_a_vector_is_decoded_as_it_says(wrong)
