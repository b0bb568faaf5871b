"""Where workouts can be pushed to, and what each of these services asks for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Protocol
from uuid import UUID

import httpx

# A file of some hundred kB over a slow line, and a service that takes it apart before it answers.
ANSWER_S: Final = 60.0


@dataclass(frozen=True, slots=True)
class Workout:
    """A FIT file on its way. `id` is the same at each try: services know by it what they have already."""

    id: UUID
    name: str
    fit: bytes


class RefusedError(Exception):
    """The service did not take it; `str()` says why and who must act. `for_good`: no further try makes sense."""

    def __init__(self, reason: str, *, for_good: bool) -> None:
        super().__init__(reason)
        self.for_good = for_good


class Destination(Protocol):
    """A service that keeps workouts."""

    async def take(self, key: str, workout: Workout) -> None:
        """Have it keep a workout of whoever the key belongs to. Raises RefusedError."""


class IntervalsIcu:
    """intervals.icu, by its public API: POST /api/v1/athlete/0/activities with the file as multipart/form-data, where 0 is
    the athlete of the key; HTTP basic authentication with the user API_KEY. Source: its integration cookbook."""

    def __init__(self, base_url: str = "https://intervals.icu") -> None:
        self._url: Final = f"{base_url}/api/v1/athlete/0/activities"

    async def take(self, key: str, workout: Workout) -> None:
        """Upload it; what it has already under this external id is the same activity. Raises RefusedError."""
        try:
            async with httpx.AsyncClient(timeout=ANSWER_S, trust_env=False) as client:
                answer = await client.post(
                    self._url,
                    auth=("API_KEY", key),
                    params={"name": workout.name, "external_id": str(workout.id)},
                    files={"file": (f"{workout.id}.fit", workout.fit, "application/octet-stream")},
                )
        except httpx.HTTPError as error:
            raise RefusedError(
                f"intervals.icu cannot be reached ({type(error).__name__}).", for_good=False
            ) from None
        if not answer.is_success:
            raise _refused(answer.status_code)


def _refused(status: int) -> RefusedError:
    if status in (401, 403):
        return RefusedError("intervals.icu does not know the key: enter a new one.", for_good=True)
    # 408 and 429 ask for another try; all other 4xx mean that this file will never do.
    for_good = 400 <= status < 500 and status not in (408, 429)
    return RefusedError(f"intervals.icu says {status}.", for_good=for_good)


DESTINATIONS: Final[dict[str, Destination]] = {"intervals.icu": IntervalsIcu()}
