"""The agent: what `sts-edge run` runs until it is told to stop.

agent      the parts, wired together
reports    beat and status
settings_book, settings_change  which version of the settings this is, and changes that the hub orders
roster     who wears which sensor: jersey, initials and zones
orders     what the hub orders, once each: identify, diagnostics
version_trial  the version that the hub wants, and the trial of the one that runs
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
from .settings_book import SettingsBook
from .start import ANEW, FAILED, OK, start

__all__ = ["ANEW", "FAILED", "OK", "Agent", "SettingsBook", "start"]
