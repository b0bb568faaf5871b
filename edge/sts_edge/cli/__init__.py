"""The command `sts-edge`.

app        the verbs, and the options that stand before or after any of them
run        the agent, in the foreground
status     how the gateway is, from the running agent
offline    what the gateway's files say, with no agent asked
tail       what the sensors say, as it comes
scan       which sensors are near here
sensors, sensor_test  list, add, change, remove and test them
buffer, export  what waits for the hub
raw        frames as they came, to be decoded anew
doctor, power_test  what is wrong, with its fix; the plug pulled on purpose
settings, config_edit  show, check and edit the settings file
network    how this gateway is connected
logs       what the agent says
simulate   a gateway of invented athletes
completion  a script that completes our words
output     what is printed where: data on standard output, all else on standard error
place      where the settings and the agent's socket are
"""

from .app import main

__all__ = ["main"]
