"""What every reader of result files promises, tried on one good file of each format."""

import contextlib
import hashlib
import io
import zipfile

import pytest

from result_files import ALGE, FILES, HY3, IDS, LENEX, LIF, SDIF, all_entries, record, zipped
from sts_protocols.errors import ResultFileError
from sts_protocols.results import reading, xml

# Formats whose standard prescribes the encoding.
PRESCRIBED = ("football", "sts", "lenex", "iof", "fis")

each_file = pytest.mark.parametrize("file", FILES, ids=IDS)


@each_file
def test_the_format_is_known_by_its_content_and_everything_is_read(file):
    told = reading.read(file.data)
    assert (told.format, told.n_of_m, told.refused) == (file.form, f"{file.pieces} of {file.pieces}", ())
    assert told.whole


@each_file
def test_a_wrong_name_does_not_deceive(file):
    assert reading.recognised(file.data, "results.hy3") == file.form


@each_file
def test_the_same_bytes_say_the_same_twice(file):
    assert reading.read(file.data) == reading.read(bytes(file.data))


def cuts(data: bytes) -> range:
    """Places to cut at: each of a small file, some 400 of a large one."""
    return range(1, len(data), max(1, len(data) // 400))


@each_file
def test_a_file_cut_anywhere_keeps_whole_lines_and_makes_up_nothing(file):
    """All entries but the last are those of the whole file: of the last one later lines may be missing."""
    entries = all_entries(reading.read(file.data))
    seen = 0
    for end in cuts(file.data):
        try:
            told = all_entries(reading.FORMATS[file.form].read(file.data[:end]))
        except ResultFileError:
            continue
        assert all(one in entries or _waits_for_a_result(one, entries) for one in told[:-1])
        seen = max(seen, len(told))
    assert seen >= len(entries) - 1 or file.form in ("football", "sts") or file.data.startswith(b"PK")


def _waits_for_a_result(one, entries):
    """A Lenex file tells of entries before results: what was entered and has no result yet is not made up."""
    return one.result is None and any(one.competitor == whole.competitor for whole in entries)


@each_file
def test_a_file_that_ends_in_the_middle_is_told_to_be_so(file):
    """Half a file is refused, or is not whole, or has no line that is not."""
    half = file.data[: len(file.data) // 2]
    try:
        told = reading.FORMATS[file.form].read(half)
    except ResultFileError:
        return
    assert not told.whole or told.read < file.pieces


@pytest.mark.parametrize(
    "file", [file for file in FILES if file.form not in PRESCRIBED], ids=lambda file: file.form
)
def test_letters_of_another_encoding_are_the_same_letters(file):
    for encoding in ("cp1252", "utf-16"):
        told = reading.read(file.data.decode().encode(encoding))
        assert told.meet == reading.read(file.data).meet


@pytest.mark.parametrize(
    "file", [file for file in FILES if not file.data.startswith(b"PK")], ids=lambda file: file.form
)
def test_a_mark_of_the_byte_order_is_no_letter(file):
    assert reading.read(b"\xef\xbb\xbf" + file.data).meet == reading.read(file.data).meet


@pytest.mark.parametrize("form", reading.FORMATS)
@pytest.mark.parametrize(
    "data",
    [
        b"",
        b" \r\n \r\n",
        bytes(5000),
        hashlib.sha256(b"x").digest() * 100,
        b"%PDF-1.7\n1 0 obj\n",
        b"\x89PNG\r\n\x1a\n\0\0",
    ],
    ids=["empty", "blank", "zeros", "noise", "pdf", "png"],
)
def test_what_is_no_result_file_is_refused_with_a_sentence(form, data):
    with pytest.raises(ResultFileError, match=r"\w+ \w+"):
        reading.read(data, f"a.{form}")
    with contextlib.suppress(ResultFileError):
        assert reading.FORMATS[form].read(data).read == 0


def test_a_document_type_is_refused_before_it_can_grow():
    bomb = b'<!DOCTYPE l [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;">]><LENEX version="3.0"><MEETS>&b;</MEETS></LENEX>'
    with pytest.raises(ResultFileError, match="document type"):
        reading.read(bomb)


def test_an_entity_of_another_file_is_not_fetched():
    with pytest.raises(ResultFileError, match="document type"):
        reading.read(b'<!DOCTYPE l SYSTEM "file:///etc/hostname"><LENEX version="3.0"/>')


def test_a_zip_file_that_grows_without_end_is_refused(monkeypatch):
    monkeypatch.setattr("sts_protocols.results.archive.MAX_BYTES", 1 << 20)
    with pytest.raises(ResultFileError, match="more than"):
        reading.read(zipped(b" " * (2 << 20)))


def test_a_zip_file_of_two_meets_is_refused():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a.lef", LENEX)
        archive.writestr("b.lef", LENEX)
    with pytest.raises(ResultFileError, match="2 files"):
        reading.read(packed.getvalue())


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    ("data", "again"),
    [
        (HY3, record(130, c1="G1", c3="P", c4=" 2   29.90P 4   63.10")),
        (HY3, record(130, c1="H1", c3="too early, " * 9)),
        (SDIF, record(160, c1="G0", c59="  50", c63="C", c64="   29.90", c144="F")),
        (SDIF, record(160, c1="F0", c22="A", c23="Oh, Bo", c79="1")),
        (ALGE, " 0001 RT  00:00:13.39   00 0001"),
        (LIF, "2,236,6,Low,Ann,X,12.40,,0.06,,,,,,"),
    ],
    ids=["hy3 splits", "hy3 reasons", "sdif splits", "sdif legs", "alge", "lif"],
)
def test_one_line_a_hundred_thousand_times_costs_no_more_than_other_lines(data, again):
    """Behind the first results, so that it belongs to one of them."""
    lines = data.decode().split("\r\n")
    place = next(n for n, line in enumerate(lines) if line[:2] in ("E2", "D0", " 0", "1,")) + 1
    told = reading.read("\r\n".join([*lines[:place], *[again] * 100_000, *lines[place:]]).encode())
    assert told.read + len(told.refused) >= 2


def test_elements_too_deep_are_refused():
    deep = b"<LENEX>" + b"<a>" * (xml.MAX_DEPTH + 1)
    with pytest.raises(ResultFileError, match="deep"):
        reading.read(deep)


def test_a_damaged_zip_file_is_refused():
    data = bytearray(zipped(LENEX))
    data[60:80] = bytes(20)
    with pytest.raises(ResultFileError, match="unpacked"):
        reading.read(bytes(data))


def test_a_corrupt_line_is_refused_with_its_number_and_the_others_stay():
    spoilt = LIF.replace(b"12.61", b"12:6x1")
    told = reading.read(spoilt)
    assert told.n_of_m == "5 of 6"
    assert [(one.line, one.reason) for one in told.refused] == [(5, "The time 12:6x1 cannot be read.")]


def test_a_quote_that_is_not_closed_costs_its_line_only():
    told = reading.read(LIF.replace(b'"Club ""Nord"""', b'"Club ""Nord'))
    assert told.n_of_m == "5 of 6"
    assert told.refused[0].reason == "A quoted cell is not closed."
