"""Site sheets: codes for all gateways of a site, made beforehand, as a file for their boot partitions and on paper."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sts_hub.kit.paper import squares


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a new gateway of a site needs. `codes`: gateway and code; `wifi`: its name and password."""

    hub: str
    site: str
    ends: datetime
    codes: Sequence[tuple[str, str]]
    ca: str | None = None
    wifi: tuple[str, str] | None = None

    def file(self) -> str:
        """The sheet as TOML, as `sts-edge enrol --file` reads it."""
        return "\n".join(self._lines()) + "\n"

    def paper(self) -> str:
        """The sheet to print: each gateway's command, and the same as a QR code."""
        head = f"{self.site}: each code lets one gateway in, once, until {self.ends:%Y-%m-%d %H:%M} UTC.\n"
        commands = [(name, f"sudo sts-edge enrol {code} --hub {self.hub}") for name, code in self.codes]
        return "\n".join([head, *(f"{name}\n{told}\n{squares(told)}\n" for name, told in commands)])

    def _lines(self) -> Iterator[str]:
        yield "# Codes of one site's gateways. Whoever has them can enrol as these: keep this file like a key."
        yield f"hub = {_text(self.hub)}"
        yield f"site = {_text(self.site)}"
        yield f"ends = {self.ends:%Y-%m-%dT%H:%M:%SZ}"
        if self.ca is not None:
            yield f"ca = {_text(self.ca)}"
        if self.wifi is not None:
            yield f"\n[wifi]\nname = {_text(self.wifi[0])}\npassword = {_text(self.wifi[1])}"
        for name, code in self.codes:
            yield f"\n[[gateways]]\nname = {_text(name)}\ncode = {_text(code)}"


def _text(value: str) -> str:
    """A JSON text is a basic string of TOML."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
