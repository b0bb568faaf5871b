"""Walking through a frame: whole fields before a cut stay, nothing behind it is made up."""

import pytest

from sts_protocols.errors import DecodeError
from sts_protocols.gatt.fields import Fields


def test_fields_follow_each_other_in_little_endian():
    """Unsigned, signed, and one that nobody needs."""
    fields = Fields(bytes.fromhex("01 0200 feff ff 030000"), "A frame")
    assert fields.flags(1) == 1
    assert fields.unsigned(2) == 2
    assert fields.signed(2) == -2
    fields.skip(1)
    assert fields.unsigned(3) == 3
    fields.end()
    assert not fields.truncated


def test_behind_a_cut_field_there_is_nothing_not_even_where_bytes_would_fit():
    """Two of three bytes are left: the field of three is cut, and a field of two behind it is not read from
    them."""
    fields = Fields(bytes.fromhex("01 0203"), "A frame")
    assert fields.flags(1) == 1
    assert fields.unsigned(3) is None
    assert fields.unsigned(2) is None
    assert fields.signed(1) is None
    assert fields.truncated
    fields.end()


def test_a_frame_without_its_flags_is_none():
    """Nobody can say what would follow."""
    with pytest.raises(DecodeError, match="ends within its flags"):
        Fields(b"\x01", "A frame").flags(2)


def test_bytes_that_nothing_announces_are_refused():
    """Another layout, or two frames in one."""
    fields = Fields(b"\x01\x02", "A frame")
    fields.flags(1)
    with pytest.raises(DecodeError, match="1 bytes of a frame are announced by no flag"):
        fields.end()
