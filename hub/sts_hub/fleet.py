"""The verbs of `sts-hub gateway`: each feature that has some adds its own."""

from sts_hub.gateway_settings.cli import settings
from sts_hub.gateways.cli import app
from sts_hub.orders.cli import order
from sts_hub.versions.cli import update

__all__ = ["app", "order", "settings", "update"]
