"""`sts-hub api`."""

import asyncio
import contextlib
from types import FrameType

import typer
import uvicorn
from fastapi import FastAPI

from sts_hub import config, logs
from sts_hub.api.app import create_app
from sts_hub.errors import HubError
from sts_hub.live.service import LiveService

# Live streams never end by themselves: after `bye` they get this long.
GRACE_S = 5

app = typer.Typer()


class ApiServer(uvicorn.Server):
    """Says bye to the live streams as soon as it is told to stop; else it would wait for them."""

    def __init__(self, served: FastAPI, settings: uvicorn.Config) -> None:
        super().__init__(settings)
        self._served = served  # uvicorn's own reference is wrapped in its middleware

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        live: LiveService = self._served.state.parts[LiveService]
        with contextlib.suppress(RuntimeError):
            asyncio.get_running_loop().call_soon_threadsafe(live.stop)
        super().handle_exit(sig, frame)


@app.command()
def api() -> None:
    """Serve the REST API, the live stream and, with STS_WEB_DIR, the web app."""
    settings = config.load("db_api_dsn", "amqp_url")
    logs.configure("sts-hub-api", settings.log_level)
    address = settings.address
    served = create_app(settings)
    server = ApiServer(
        served,
        uvicorn.Config(
            served,
            host=address.host,
            port=address.port,
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=GRACE_S,
        ),
    )
    server.run()
    if not server.started:
        raise HubError(
            f"Cannot listen on {address}: another program may have the port. Set STS_LISTEN to a free one."
        )
