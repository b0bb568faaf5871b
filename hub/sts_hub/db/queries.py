"""SQL lives in .sql files; here its named blocks become attributes.

A file holds blocks that begin with a line ``-- name: some_query``; everything up to the next such line is the
query, comments included, so that the database's log shows the sentence that explains it.
"""

from __future__ import annotations

import re
from importlib.resources import files

_NAME = re.compile(r"^-- name: *([a-z][a-z0-9_]*) *$", re.MULTILINE)


class Queries:
    """The named queries of one file, one attribute each."""

    def __init__(self, blocks: dict[str, str], source: str) -> None:
        self._blocks = blocks
        self._source = source

    def __getattr__(self, name: str) -> str:
        try:
            return self._blocks[name]
        except KeyError:
            raise AttributeError(f"{self._source} has no query named {name}.") from None

    def __dir__(self) -> list[str]:
        return sorted(self._blocks)


def parse(text: str, source: str) -> Queries:
    """Split a file of named queries; a name given twice raises ValueError."""
    parts = _NAME.split(text)
    names, bodies = parts[1::2], parts[2::2]
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        raise ValueError(f"{source} gives these names twice: {', '.join(sorted(twice))}.")
    return Queries({name: body.strip() for name, body in zip(names, bodies, strict=True)}, source)


def load(package: str, file: str = "queries.sql") -> Queries:
    """Read the named queries of a package's SQL file."""
    return parse(files(package).joinpath(file).read_text("utf-8"), f"{package}/{file}")
