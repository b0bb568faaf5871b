"""The whole system, started once for the tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from demo import web_app
from demo.preflight import lacks_for, wishes_for
from demo.processes import StartError
from demo.system import Options, System
from missing_parts import missing


@pytest.fixture(scope="session")
def running_system(services_folder: Path) -> Iterator[System]:
    """Services, hub with web app, thirty simulated straps and a gateway agent, with athletes registered."""
    for lack in (*lacks_for("demo"), *wishes_for("demo")):
        missing(lack.what, lack.remedy)
    try:
        options = Options(web_app=web_app.build(), truth=services_folder / "truth.jsonl")
        system = System(services_folder / "system", options)
        system.start()
    except (StartError, web_app.WebAppError) as error:
        pytest.fail(str(error), pytrace=False)
    yield system
    ended = [part.program.failure("ended by itself") for part in system.ended_parts() if part.program]
    system.stop()
    assert not ended, "\n".join(map(str, ended))
