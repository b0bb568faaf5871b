"""What the settings classes say about themselves: tables, keys, their meaning and examples."""

import types
from collections.abc import Iterator
from typing import Annotated, Any, NamedTuple, Union, get_args, get_origin

import msgspec

from .settings import Settings
from .table import Table


class KeyMeta(NamedTuple):
    """The words that stand beside a key."""

    doc: str
    expected: str
    example: Any


def field_meta(shape: Any) -> KeyMeta:
    """Return the words of an annotated key."""
    meta = get_args(shape)[1]
    return KeyMeta(meta.description, meta.extra["expected"], meta.examples[0])


def single_table(shape: Any) -> type[Table] | None:
    """Return the table class when `shape` is a table, or a table that may be left out."""
    options = get_args(shape) if get_origin(shape) in (Union, types.UnionType) else (shape,)
    return next((one for one in options if _is_table(one)), None)


def list_table(shape: Any) -> type[Table] | None:
    """Return the table class when `shape` is a list of tables."""
    if get_origin(shape) is tuple and _is_table(get_args(shape)[0]):
        table: type[Table] = get_args(shape)[0]
        return table
    return None


def table_of(shape: Any) -> type[Table]:
    """Return the table class of a single table or of a list of tables."""
    found = single_table(shape) or list_table(shape)
    assert found is not None, f"{shape} is not a table"
    return found


def known_keys() -> Iterator[str]:
    """Yield every key as `table.key`."""
    for table in msgspec.structs.fields(Settings):
        for field in msgspec.structs.fields(table_of(table.type)):
            yield f"{table.name}.{field.name}"


def is_annotated(shape: Any) -> bool:
    """Tell whether `shape` is a key with words beside it."""
    return get_origin(shape) is Annotated


def _is_table(shape: Any) -> bool:
    return isinstance(shape, type) and issubclass(shape, Table)
