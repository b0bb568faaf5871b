"""The tidy long table: a row for each value, the same columns as CSV and as Parquet.

time (UTC, µs), athlete (a pseudonym: the hub's id, which names nobody outside), metric, unit (UCUM), value, quality (a
word), device (which sensor or file told it).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple, Protocol

import numpy as np

from sts_hub.errors import Conflict
from sts_hub.samples.values import Values
from sts_protocols.metrics import Metric
from sts_protocols.sample import Quality

COLUMNS: Final = ("time", "athlete", "metric", "unit", "value", "quality", "device")
_WORDS: Final = np.array([quality.word for quality in Quality])


class Block(NamedTuple):
    """Values of one athlete, metric and device, rising in time."""

    athlete: str
    metric: Metric
    device: str
    values: Values


class Table(Protocol):
    """A table in the making."""

    def add(self, block: Block) -> None:
        """Write a block of rows."""

    def close(self) -> None:
        """End the file."""


class CsvTable:
    """RFC 4180 in UTF-8, one header line."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("w", encoding="utf-8", newline="")
        self._file.write(",".join(COLUMNS) + "\r\n")

    def add(self, block: Block) -> None:
        self._file.writelines(csv_lines(block))

    def close(self) -> None:
        self._file.close()


def csv_lines(block: Block) -> Iterator[str]:
    """Yield the lines of a block: no field of it needs quotes."""
    head = f",{block.athlete},{block.metric.name},{block.metric.unit},"
    times = np.datetime_as_string(block.values.t_us.astype("datetime64[us]"), unit="us")
    for time, value, word in zip(
        times.tolist(), block.values.value.tolist(), _words(block.values), strict=True
    ):
        yield f"{time}Z{head}{value!r},{word},{block.device}\r\n"


def _words(values: Values) -> list[str]:
    """Qualities as words; a number of a newer version is told as the worst that is known."""
    known = np.where(values.quality < _WORDS.size, values.quality, int(Quality.IMPLAUSIBLE))
    words: list[str] = _WORDS[known].tolist()
    return words


class ParquetTable:
    """Apache Parquet with zstd, a row group for each block; text columns are dictionaries."""

    def __init__(self, path: Path) -> None:
        """Raises Conflict where this hub was installed without what writes it."""
        try:
            import pyarrow as arrow  # type: ignore[import-untyped]  # and here: 50 MB that only this needs
            from pyarrow import parquet
        except ImportError:
            raise Conflict(
                "This hub was installed without Parquet.",
                way_out="Take CSV, which has the same columns, or have the extra `parquet` installed.",
            ) from None
        self._arrow: Any = arrow
        word = arrow.dictionary(arrow.int32(), arrow.string())
        kinds = (arrow.timestamp("us", tz="UTC"), word, word, word, arrow.float64(), word, word)
        self._schema = arrow.schema(list(zip(COLUMNS, kinds, strict=True)))
        self._writer = parquet.ParquetWriter(path, self._schema, compression="zstd")

    def add(self, block: Block) -> None:
        count = block.values.t_us.size
        words = self._arrow.array(_words(block.values)).dictionary_encode()
        columns = [
            self._arrow.array(block.values.t_us, self._schema.field("time").type),
            self._same(block.athlete, count),
            self._same(block.metric.name, count),
            self._same(block.metric.unit, count),
            self._arrow.array(block.values.value),
            words,
            self._same(block.device, count),
        ]
        self._writer.write_table(self._arrow.Table.from_arrays(columns, schema=self._schema))

    def _same(self, text: str, count: int) -> Any:
        return self._arrow.DictionaryArray.from_arrays(
            self._arrow.array(np.zeros(count, np.int32)), self._arrow.array([text])
        )

    def close(self) -> None:
        self._writer.close()


TABLES: Final = {"csv": CsvTable, "parquet": ParquetTable}
