"""The API process put together."""

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator
from pathlib import Path

from fastapi import FastAPI
from starlette.types import Lifespan

from sts_hub import logs
from sts_hub.accounts.passwords import Passwords
from sts_hub.accounts.recovery import RecoveryLetters
from sts_hub.accounts.signing_in import Doorkeeper
from sts_hub.alerts.watch import AlertWatch
from sts_hub.api import document, features, health
from sts_hub.api.guards import BodyLimit, Careful, Journal, OwnPages
from sts_hub.api.limits import Limits, RateLimits
from sts_hub.api.web import WebApp, WebMount
from sts_hub.config import Settings
from sts_hub.door.alone import StoreIntake
from sts_hub.door.app import Door
from sts_hub.door.broker import BrokerIntake
from sts_hub.door.intake import Intake
from sts_hub.door.keys import Keys
from sts_hub.enrolment.service import Enrolment
from sts_hub.errors import SettingsError
from sts_hub.exports.desk import ExportDesk
from sts_hub.kit import problems, repeats, routes
from sts_hub.kit.database import Database
from sts_hub.kit.identity import Cookie, StepCookie
from sts_hub.kit.provide import provide
from sts_hub.kit.removals import Removals
from sts_hub.kit.sealing import Sealing
from sts_hub.live.listening import LiveReceiver, LoginListener
from sts_hub.live.service import LiveService
from sts_hub.live.wall import Wall
from sts_hub.outbox.courier import Courier
from sts_hub.outbox.mail import Mail
from sts_hub.providers.service import Providers
from sts_hub.pushes.pusher import Pusher
from sts_hub.second_factors.service import Authenticators
from sts_hub.webhooks.carrier import Webhooks
from sts_hub.webhooks.sealer import Sealer

_log = logs.get("sts_hub.api")


def create_app(settings: Settings) -> FastAPI:
    """The app; it connects when it starts, and also starts while database and broker are away.

    Raises SettingsError for settings that contradict each other.
    """
    dsn = settings.db_api_dsn.get_secret_value()
    database = Database(dsn)
    live = LiveService(database, Wall())
    intake = _intake(settings, live)
    enrolment = Enrolment(database, settings)
    exports = ExportDesk(database, settings.export_dir)
    mail = Mail(settings)
    sealing = Sealing(settings.sealing_key.get_secret_value())
    couriers = [Courier(database, carrier) for carrier in (mail, Webhooks(settings, mail, sealing))]
    pusher = Pusher(database, sealing)
    app = FastAPI(
        title=document.TITLE,
        version=document.VERSION,
        openapi_url=f"{routes.PREFIX}/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=_lifespan(
            settings, database, live, intake, exports, pusher, Sealer(database, sealing), *couriers
        ),
    )
    doorkeeper = Doorkeeper(database, Passwords(), Authenticators(sealing))
    parts = (settings, Cookie(settings), database, live, enrolment, exports, doorkeeper, mail)
    for part in (
        *parts,
        RecoveryLetters(database, mail, settings.public_origin),
        Limits(),
        Providers(settings),
        StepCookie(settings),
        sealing,
        Removals(settings.removals_file),
    ):
        provide(app, part)
    features.include(app)
    app.include_router(health.router)
    app.openapi = lambda: document.document(app)  # type: ignore[method-assign]
    problems.install(app)
    repeats.install(app)
    if settings.web_dir is not None:
        app.router.routes.append(WebMount("/", app=_web_app(settings.web_dir)))
    app.add_middleware(OwnPages, settings=settings)
    app.add_middleware(BodyLimit)
    app.add_middleware(RateLimits, cookie=Cookie(settings))
    app.add_middleware(Journal)
    app.add_middleware(Careful, settings=settings)
    app.add_middleware(Door, keys=Keys(database), intake=intake, enrolment=enrolment)
    return app


def _intake(settings: Settings, live: LiveService) -> Intake:
    if settings.without_broker:
        return StoreIntake(settings.db_ingest_dsn.get_secret_value(), live.take)
    return BrokerIntake(settings.amqp_url.get_secret_value())


def _web_app(folder: Path) -> WebApp:
    if not (folder / "index.html").is_file():
        raise SettingsError([f"STS_WEB_DIR names {folder}, where no index.html is: build the web app first."])
    return WebApp(folder)


def _lifespan(
    settings: Settings,
    database: Database,
    live: LiveService,
    intake: Intake,
    exports: ExportDesk,
    *carriers: Courier | Pusher | Sealer,
) -> Lifespan[FastAPI]:
    """Everything that runs beside the requests: begun with the process, ended with it."""
    dsn = settings.db_api_dsn.get_secret_value()
    parts: list[
        LiveReceiver
        | LoginListener
        | LiveService
        | Intake
        | ExportDesk
        | AlertWatch
        | Courier
        | Pusher
        | Sealer
    ] = [
        live,
        intake,
        exports,
        *carriers,
    ]
    parts.append(AlertWatch(database, live.wall))
    parts.append(LoginListener(dsn, live.login_ended, live.recheck))
    if not settings.without_broker:
        parts.append(LiveReceiver(settings.amqp_url.get_secret_value(), live.take, live.linked))

    @contextlib.asynccontextmanager
    async def running(_app: FastAPI) -> AsyncIterator[None]:
        await database.open()
        tasks = [asyncio.create_task(part.run()) for part in parts]
        for task in tasks:
            task.add_done_callback(_told_if_it_failed)
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await live.close()
            await database.close()

    return running


def _told_if_it_failed(task: asyncio.Task[None]) -> None:
    """None of these tasks fails by itself: a broken one is a fault of ours, and the process must not
    pretend."""
    if not task.cancelled() and (error := task.exception()) is not None:
        _log.critical("a part of the process broke", exc_info=error)
        signal.raise_signal(signal.SIGTERM)
