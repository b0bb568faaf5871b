"""`sts-edge completion`: a script that teaches a shell our words."""

from __future__ import annotations

from .call import Call
from .exits import Exit
from .output import Stop

SHELLS = ("bash", "zsh", "fish")
_VARIABLE = "_STS_EDGE_COMPLETE"
# zsh reads a file of its function path at the first Tab as if it were the function itself: what it defines must then be
# called, or that Tab completes nothing.
_AT_THE_FIRST_TAB = {"zsh": '\n[[ $funcstack[1] = _sts-edge ]] && _sts_edge_completion "$@"'}


def completion(call: Call, shell: str) -> None:
    """Print the script; it asks `sts-edge` itself, so that the agent's sensors are completed, too."""
    from typer._completion_shared import get_completion_script

    if shell not in SHELLS:
        raise Stop(Exit.USAGE, f"{shell!r} is no shell known here: {', '.join(SHELLS)}.")
    script = get_completion_script(prog_name="sts-edge", complete_var=_VARIABLE, shell=shell)
    call.output.line(script.rstrip() + _AT_THE_FIRST_TAB.get(shell, ""))
