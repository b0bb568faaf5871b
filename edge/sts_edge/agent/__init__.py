"""The agent: what `sts-edge run` runs until it is told to stop.

agent      the parts, wired together
reports    beat and status
registration  which Bluetooth sensors are read, at the start and after a reload
flow       how fast the buffer fills and empties
anchors    ties of boot time to wall time
notes      warnings, kept with the data
tail       a packet as a line
logs       log lines on standard output
notify     what systemd is told
start      from settings to an exit code
"""

from .agent import Agent
from .start import FAILED, OK, start

__all__ = ["FAILED", "OK", "Agent", "start"]
