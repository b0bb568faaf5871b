"""The command `sts-edge`.

app        the verbs, and the options that stand before or after any of them
run        the agent, in the foreground
status     how the gateway is, from the running agent
tail       what the sensors say, as it comes
settings   show and check the settings file
output     what is printed where: data on standard output, all else on standard error
place      where the settings and the agent's socket are
"""

from .app import main

__all__ = ["main"]
