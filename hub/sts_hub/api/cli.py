"""`sts-hub api`."""

import asyncio
import contextlib
import signal
import socket
from types import FrameType
from typing import Final

import typer
import uvicorn

from sts_hub import config, logs
from sts_hub.api.app import create_app
from sts_hub.config import Listen
from sts_hub.errors import HubError
from sts_hub.live.service import LiveService

# Live streams never end by themselves: after `bye` they get this long.
GRACE_S: Final = 5
# Browsers of a whole club that come back at once wait here.
BACKLOG: Final = 2048
# Gateways ask something each ten seconds; proxies keep connections for a minute or so.
KEEP_ALIVE_S: Final = 75

app = typer.Typer()


class ApiServer(uvicorn.Server):
    """Says bye to the live streams as soon as it is told to stop; else it would wait for them.

    Being told to stop is no failure: the process ends with 0.
    """

    def __init__(self, options: uvicorn.Config, live: LiveService) -> None:
        super().__init__(options)
        self._live = live

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        if self.should_exit and sig == signal.SIGINT:
            self.force_exit = True
        self.should_exit = True
        with contextlib.suppress(RuntimeError):
            asyncio.get_running_loop().call_soon_threadsafe(self._live.stop)


@app.command()
def api() -> None:
    """Serve the REST API, the live stream and, with STS_WEB_DIR, the web app."""
    settings = config.load("db_api_dsn", with_broker=("amqp_url",), alone=("db_ingest_dsn",))
    logs.configure("sts-hub-api", settings.log_level)
    served = create_app(settings)
    options = uvicorn.Config(
        served,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE_S,
        timeout_keep_alive=KEEP_ALIVE_S,
    )
    ApiServer(options, served.state.parts[LiveService]).run(sockets=[_listening(settings.address)])


def _listening(address: Listen) -> socket.socket:
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    try:
        return socket.create_server((address.host, address.port), family=family, backlog=BACKLOG)
    except OSError as error:
        raise HubError(
            f"Cannot listen on {address} ({error.strerror}): set STS_LISTEN to an address of this machine and "
            "a port that is free."
        ) from None
