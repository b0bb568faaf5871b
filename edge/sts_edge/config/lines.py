"""Where each key of a TOML text stands, so that a fault can name its line.

`tomllib` reads values but forgets lines. This reads lines but not values: only headers, keys, and as much of
strings and brackets as is needed to know whether a value goes on in the next line. A key inside an inline
table is found under the key that holds the table.
"""

import re
from collections import Counter

KeyPath = tuple[str | int, ...]

_HEADER = re.compile(r"^\s*(\[\[?)\s*([^\]\[]+?)\s*\]\]?\s*(#.*)?$")
_PART = re.compile(r"""\s*(?:"([^"]*)"|'([^']*)'|([A-Za-z0-9_-]+))\s*""")
# Strings and comments from left to right, so that a quote in a comment and a # in a string mean nothing.
_TEXT = re.compile(
    r'''"""(?:\\.|[^\\])*?"""|\'{3}.*?\'{3}|(?P<open>"""|\'{3})|"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\'|#[^\n]*''',
    re.DOTALL,
)


def key_lines(text: str) -> dict[KeyPath, int]:
    """Map each table and key of `text` to its line, counted from 1; list tables carry their index."""
    found: dict[KeyPath, int] = {}
    lists: Counter[KeyPath] = Counter()
    prefix: KeyPath = ()
    value = ""
    for number, line in enumerate(text.splitlines(), start=1):
        if value:
            value = _unfinished(f"{value}\n{line}")
        elif header := _HEADER.match(line):
            prefix = _table(header, lists)
            found.setdefault(prefix, number)
        elif keys := _keys(line):
            found.setdefault(prefix + keys[0], number)
            value = _unfinished(keys[1])
    return found


def nearest_line(lines: dict[KeyPath, int], path: KeyPath) -> int:
    """Return the line of `path`, or of the closest table around it; 0 when there is none."""
    for end in range(len(path), 0, -1):
        if path[:end] in lines:
            return lines[path[:end]]
    return 0


def _table(header: re.Match[str], lists: Counter[KeyPath]) -> KeyPath:
    path: KeyPath = _dotted(header[2])[0]
    if header[1] == "[[":
        index = lists[path]
        lists[path] += 1
        return (*path, index)
    return path


def _keys(line: str) -> tuple[KeyPath, str] | None:
    path, rest = _dotted(line)
    return (path, rest[1:]) if path and rest.startswith("=") else None


def _dotted(text: str) -> tuple[KeyPath, str]:
    path: list[str] = []
    while match := _PART.match(text):
        path.append(next(group for group in match.groups() if group is not None))
        text = text[match.end() :]
        if not text.startswith("."):
            break
        text = text[1:]
    return tuple(path), text


def _unfinished(value: str) -> str:
    """Return what must be joined with the next line, or nothing when the value has ended."""
    bare = _TEXT.sub(lambda text: text["open"] or "", value)
    open_string = '"""' in bare or "'''" in bare
    open_bracket = sum(bare.count(c) for c in "[{") > sum(bare.count(c) for c in "]}")
    return value if open_string or open_bracket else ""
