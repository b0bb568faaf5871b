"""What goes wrong on order: calls that fail or never end, services or notifications that do not come."""

from dataclasses import dataclass, field
from typing import Literal

from sts_sims.carriers.bluez.errors import BluezError

NotificationFault = Literal["lost", "late", "bunched", "empty", "early"]
ServicesFault = Literal["empty", "late"]


@dataclass(slots=True)
class CallFault:
    """The next `times` calls of a D-Bus method answer this error, or nothing at all when `error` is None.

    `device` limits it to one sensor's objects. `after` lets that many calls pass first.
    """

    method: str
    error: str | None
    text: str = ""
    times: int = 1
    device: str | None = None
    after: int = 0

    def matches(self, method: str, device: str | None) -> bool:
        return self.times > 0 and method == self.method and self.device in (None, device)


@dataclass(slots=True)
class FaultBook:
    """The faults that are planted now."""

    calls: list[CallFault] = field(default_factory=list)

    def plant(self, fault: CallFault) -> None:
        self.calls.append(fault)

    def clear(self) -> None:
        self.calls.clear()

    def take(self, method: str, device: str | None) -> CallFault | None:
        """The fault that this call meets, used up by one; None when the call may go on."""
        for fault in self.calls:
            if not fault.matches(method, device):
                continue
            if fault.after > 0:
                fault.after -= 1
                return None
            fault.times -= 1
            return fault
        return None


def as_error(fault: CallFault) -> BluezError:
    """The error reply of a fault that answers."""
    return BluezError(fault.error or "Failed", fault.text or fault.error or "Failed")
