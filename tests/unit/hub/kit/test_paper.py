"""QR codes on paper and screens."""

from __future__ import annotations

from defusedxml import ElementTree

from sts_hub.kit import paper


def test_a_picture_is_a_document_of_its_own_that_has_no_size() -> None:
    """Without its namespace a browser draws it in a page, and not as an image."""
    drawn = ElementTree.fromstring(paper.picture("https://sts.club.example"))
    assert drawn.tag == "{http://www.w3.org/2000/svg}svg"
    assert {"viewBox"} <= drawn.attrib.keys()
    assert not {"width", "height"} & drawn.attrib.keys()
