"""From settings to an exit code."""

from __future__ import annotations

import asyncio
import logging
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog

from sts_edge.buffer import BufferFailed, BufferTaken
from sts_edge.config import Settings
from sts_edge.control.server import SocketTaken
from sts_edge.sources.folder import FolderSource
from sts_edge.sources.readers import ReaderSource
from sts_edge.witness import WitnessMissing

from . import logs
from .agent import Agent
from .registration import Registration

if TYPE_CHECKING:
    from sts_edge.sources.bluetooth import BluetoothSource

OK = 0
FAILED = 1
NOT_ALLOWED = 6

_log = structlog.get_logger()


def start(settings: Settings, config: Path, level: int = logging.INFO) -> int:
    """Run the agent until SIGTERM or SIGINT; returns the exit code. config: where the settings came from."""
    return asyncio.run(_main(settings, config, level))


async def _main(settings: Settings, config: Path, level: int) -> int:
    logs.configure(settings.gateway.name, level)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(_unexpected)
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    try:
        agent = await _opened(settings, config)
        logs.configure(settings.gateway.name, level, agent.notes.note)
        await agent.run(stop)
    except (BufferFailed, BufferTaken, SocketTaken, WitnessMissing) as error:
        _log.critical("agent_failed", reason=str(error))
        return FAILED
    except PermissionError as error:
        _log.critical(
            "agent_not_allowed", reason=f"{error.strerror}: {error.filename}; see that the agent's user may."
        )
        return NOT_ALLOWED
    except OSError as error:
        _log.critical("agent_failed", reason=str(error))
        return FAILED
    return OK


async def _opened(settings: Settings, config: Path) -> Agent:
    settings.gateway.data_dir.mkdir(parents=True, exist_ok=True)
    agent = Agent(settings)
    await agent.open()

    def radio(given: Settings) -> BluetoothSource:
        # Imported here: a gateway without Bluetooth sensors does without bleak and D-Bus.
        from sts_edge.sources.bluetooth import BluetoothSource

        return BluetoothSource(given, agent.emit, now_us=agent.clock.boot_us, keep=agent.keep)

    if settings.ports:
        # Imported here: a gateway without serial ports does without pyserial.
        from sts_edge.sources.serial import SerialSource

        agent.add_source(
            SerialSource(
                settings, agent.emit, agent.clock.add_anchor, now_us=agent.clock.boot_us, keep=agent.keep
            )
        )
    registration = Registration(settings, config, agent.health, radio, agent.add_source)
    registration.begin()
    agent.answer("reload", registration.reload)
    agent.answer("scan", registration.near)
    agent.answer("purge", agent.purge)
    agent.answer("raw", agent.order_raw)
    if settings.folders:
        agent.add_source(
            FolderSource(settings.folders, settings.gateway.data_dir, agent.emit, agent.accepted)
        )
    if settings.readers:
        agent.add_source(
            ReaderSource(settings.readers, settings.gateway.data_dir, agent.emit, agent.accepted)
        )
    if settings.mqtt is not None:
        # Imported here: a gateway without MQTT does without paho.
        from sts_edge.sources.mqtt import MqttSource

        agent.add_source(MqttSource(settings.gateway.name, settings.mqtt, settings.topics, agent.emit))
    return agent


def _unexpected(_: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    error = context.get("exception")
    if not isinstance(error, BufferFailed):  # told by the buffer itself
        _log.error("unexpected", reason=str(context.get("message")), exc_info=error)
