"""XML from strangers: no entities, no document types, bounded in size and depth; what was whole before a fault stays.

Expat itself, so that every element knows its line and whether it was closed. Names lose their namespace.
"""

from collections.abc import Iterator
from typing import Final
from xml.parsers import expat

from sts_protocols.errors import ResultFileError

# A world championship in Lenex has some 400,000 elements and 15 MB, and a depth of 10.
MAX_BYTES: Final = 64 * 1024 * 1024
MAX_ELEMENTS: Final = 2_000_000
MAX_DEPTH: Final = 60


class Node:
    """An element: its name without namespace, attributes, text and children; `closed` if its end was read."""

    __slots__ = ("attributes", "children", "closed", "line", "name", "pieces")

    def __init__(self, name: str, attributes: dict[str, str], line: int) -> None:
        self.name = name
        self.attributes = attributes
        self.children: list[Node] = []
        self.pieces: list[str] = []
        self.line = line
        self.closed = False

    @property
    def text(self) -> str:
        """Its own text, without blanks around it."""
        return "".join(self.pieces).strip()

    def get(self, name: str) -> str:
        """An attribute without blanks around it; empty if there is none."""
        return self.attributes.get(name, "").strip()

    def all(self, *path: str) -> Iterator["Node"]:
        """The elements at this path below."""
        name, *rest = path
        for child in self.children:
            if child.name == name:
                if rest:
                    yield from child.all(*rest)
                else:
                    yield child

    def one(self, *path: str) -> "Node | None":
        """The first element at this path."""
        return next(self.all(*path), None)

    def told(self, *path: str) -> str:
        """The text of the first element at this path; empty if there is none."""
        found = self.one(*path)
        return "" if found is None else found.text


class Tree:
    """A document read as far as it is good. `fault`: why it ends too early, with its line; empty for a whole one."""

    def __init__(self, root: Node, fault: str, line: int) -> None:
        self.root = root
        self.fault = fault
        self.line = line


def parse(data: bytes) -> Tree:
    """Raises ResultFileError for what is no XML, too large, or tries to define things."""
    if len(data) > MAX_BYTES:
        raise ResultFileError(f"The file has more than {MAX_BYTES} bytes.")
    builder = _Builder()
    fault, line = "", 0
    try:
        builder.parser.Parse(data, True)
    except expat.ExpatError as error:
        fault, line = f"The XML is broken here: {expat.ErrorString(error.code)}.", error.lineno
    except (LookupError, ValueError):
        fault, line = "The XML names an encoding that is not known.", 1
    if builder.root is None:
        raise ResultFileError(fault or "There is no element in the file.")
    return Tree(builder.root, fault, line)


class _Builder:
    def __init__(self) -> None:
        self.root: Node | None = None
        self._open: list[Node] = []
        self._elements = 0
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self.parser.StartDoctypeDeclHandler = _refuse
        self.parser.EntityDeclHandler = _refuse
        self.parser.ExternalEntityRefHandler = _refuse

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._elements += 1
        if self._elements > MAX_ELEMENTS or len(self._open) >= MAX_DEPTH:
            raise ResultFileError("The XML has too many elements, or too deep ones.")
        here = {key.rpartition(" ")[2]: value for key, value in attributes.items()}
        node = Node(name.rpartition(" ")[2], here, self.parser.CurrentLineNumber)
        if self._open:
            self._open[-1].children.append(node)
        else:
            self.root = node
        self._open.append(node)

    def _end(self, _name: str) -> None:
        self._open.pop().closed = True

    def _text(self, text: str) -> None:
        if self._open:
            self._open[-1].pieces.append(text)


def whole(node: Node) -> Node:
    """The element, if its end was read. Raises ResultFileError."""
    if not node.closed:
        raise ResultFileError("The file ends in the middle of this element.")
    return node


def _refuse(*_: object) -> int:
    raise ResultFileError("The XML declares a document type or an entity, which no result file needs.")
