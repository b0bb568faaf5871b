"""Shapes of erasing."""

from pydantic import Field

from sts_hub.kit.shapes import Shown


class Erasure(Shown):
    """What became of it. The athlete and everything that the hub held of the person is gone."""

    values: int = Field(description="Measured values that were deleted.")
