"""A season behind the demo: ten invented weeks of a club of its own, loaded beside everything else, once."""

from __future__ import annotations

import sys

from demo.processes import StartError, last_lines
from demo.system import SEASON_CLUB, System

EMAIL = "season@demo.example"
MARK = "season-loaded"


class Season:
    """What is loading it; `look` now and then, it tells once how it ended."""

    def __init__(self, system: System) -> None:
        self._system = system
        self._loading = not system.done(MARK)
        if self._loading:
            system.loader.start()

    def look(self) -> None:
        """Tell when it is loaded, or why it is not; the demo goes on either way."""
        program = self._system.loader.program
        if not self._loading or program is None or program.running():
            return
        self._loading = False
        try:
            self._end(program.exit_code)
        except StartError as error:
            print(
                f"\n  The season was not loaded, and is tried again at the next start: {error}",
                file=sys.stderr,
            )

    def _end(self, code: int | None) -> None:
        log = self._system.loader.log
        if code:
            raise StartError(f"sts-hub seed ended with code {code}:\n{last_lines(log)}")
        self._system.once(MARK, lambda: self._system.create_account(EMAIL, "Season Coach", SEASON_CLUB))
        print(f"  A season of ten weeks is loaded: sign in as {EMAIL}, with the same password.\n", flush=True)
