"""Shapes of erasing."""

from pydantic import Field

from sts_hub.kit.shapes import Shown


class Erasure(Shown):
    """What became of it. The athlete and everything that the hub held of the person is gone."""

    files: int = Field(description="Files of gateways that may name the athlete; their bytes were deleted.")
    unread: list[int] = Field(
        description="Documents that are no text, so nobody can tell whether they name the athlete: look at each "
        "(GET /api/v1/documents/{id}/content), and have those that do removed by whoever runs the hub."
    )
    values: int = Field(description="Measured values that were deleted.")
