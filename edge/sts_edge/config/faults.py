"""What is wrong with a settings file, in sentences a technician can act on."""

from collections.abc import Sequence
from typing import NamedTuple


class Fault(NamedTuple):
    """One thing to mend: where it stands (line 0: nowhere yet), which key, and the sentence."""

    line: int
    key: str
    text: str

    def __str__(self) -> str:
        where = f"line {self.line}  " if self.line else ""
        return f"{where}{self.text}"


class ConfigError(Exception):
    """The settings cannot be used: every fault is listed, mend them all and start again."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(sorted(faults))
        super().__init__("\n".join(str(fault) for fault in self.faults))
