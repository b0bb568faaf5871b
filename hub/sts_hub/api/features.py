"""The routes of all features, under /api/v1."""

from fastapi import FastAPI

from sts_hub.accounts.endpoints import router as accounts
from sts_hub.activities.endpoints import router as activities
from sts_hub.alerts.endpoints import router as alerts
from sts_hub.assignments.endpoints import router as assignments
from sts_hub.athletes.endpoints import router as athletes
from sts_hub.audit.endpoints import router as audit
from sts_hub.competitions.endpoints import router as competitions
from sts_hub.completeness.endpoints import router as completeness
from sts_hub.consent_texts.endpoints import router as consent_texts
from sts_hub.corrections.endpoints import router as corrections
from sts_hub.credentials.endpoints import router as credentials
from sts_hub.documents.endpoints import router as documents
from sts_hub.enrolment.endpoints import router as enrolment
from sts_hub.erasure.endpoints import router as erasure
from sts_hub.exports.endpoints import router as exports
from sts_hub.gateway_settings.endpoints import router as gateway_settings
from sts_hub.gateways.endpoints import router as gateways
from sts_hub.grants.endpoints import router as grants
from sts_hub.guardians.endpoints import router as guardians
from sts_hub.histories.endpoints import router as histories
from sts_hub.impulses.endpoints import router as impulses
from sts_hub.invitations.endpoints import router as invitations
from sts_hub.live.endpoints import router as live
from sts_hub.loads.endpoints import router as loads
from sts_hub.metrics.endpoints import router as metrics
from sts_hub.orders.endpoints import router as orders
from sts_hub.outbox.endpoints import router as outbox
from sts_hub.overviews.endpoints import router as overviews
from sts_hub.parameters.endpoints import router as parameters
from sts_hub.parked.endpoints import router as parked
from sts_hub.passkeys.endpoints import router as passkeys
from sts_hub.preferences.endpoints import router as preferences
from sts_hub.providers.endpoints import router as providers
from sts_hub.pushes.endpoints import router as pushes
from sts_hub.race_clocks.endpoints import router as race_clocks
from sts_hub.rosters.endpoints import router as rosters
from sts_hub.samples.endpoints import router as samples
from sts_hub.second_factors.endpoints import router as second_factors
from sts_hub.sensors.endpoints import router as sensors
from sts_hub.sessions.endpoints import router as sessions
from sts_hub.summaries.endpoints import router as summaries
from sts_hub.teams.endpoints import router as teams
from sts_hub.versions.endpoints import router as versions
from sts_hub.wearing.endpoints import router as wearing
from sts_hub.webhooks.endpoints import router as webhooks
from sts_hub.wellbeing.endpoints import router as wellbeing

_FEATURES = (
    accounts,
    credentials,
    preferences,
    second_factors,
    passkeys,
    providers,
    teams,
    rosters,
    histories,
    athletes,
    parameters,
    activities,
    consent_texts,
    guardians,
    grants,
    exports,
    pushes,
    audit,
    invitations,
    outbox,
    webhooks,
    erasure,
    alerts,
    samples,
    sessions,
    summaries,
    loads,
    overviews,
    wellbeing,
    gateways,
    gateway_settings,
    orders,
    versions,
    enrolment,
    impulses,
    corrections,
    completeness,
    parked,
    documents,
    competitions,
    race_clocks,
    wearing,  # before sensors: their ids would take its words
    sensors,
    assignments,
    metrics,
    live,
)


def include(app: FastAPI) -> None:
    """The routes themselves: of an included router FastAPI analyses each route anew for every app, and looks every request
    up twice."""
    for feature in _FEATURES:
        app.router.routes.extend(feature.routes)
