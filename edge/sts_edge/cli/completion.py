"""`sts-edge completion`: a script that teaches a shell our words."""

from __future__ import annotations

from .call import Call
from .exits import Exit
from .output import Stop

SHELLS = ("bash", "zsh", "fish")
_VARIABLE = "_STS_EDGE_COMPLETE"


def completion(call: Call, shell: str) -> None:
    """Print the script; it asks `sts-edge` itself, so that the agent's sensors are completed, too."""
    from typer._completion_shared import get_completion_script

    if shell not in SHELLS:
        raise Stop(Exit.USAGE, f"{shell!r} is no shell known here: {', '.join(SHELLS)}.")
    script = get_completion_script(prog_name="sts-edge", complete_var=_VARIABLE, shell=shell)
    call.output.line(script.rstrip())
