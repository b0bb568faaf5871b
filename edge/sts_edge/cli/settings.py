"""`sts-edge config show` and `config validate`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .call import Call
from .exits import Exit
from .output import Stop

if TYPE_CHECKING:
    from sts_edge.config import Settings


def loaded(call: Call) -> Settings:
    """The settings. Stops the command, with every fault, when they cannot be used."""
    from sts_edge.config import ConfigError, load

    try:
        return load(call.config)
    except ConfigError as error:
        faults = [{"line": fault.line, "key": fault.key, "text": fault.text} for fault in error.faults]
        raise Stop(Exit.CONFIGURATION, f"{call.config}\n{error}", faults=faults) from None


def show(call: Call) -> None:
    """Print the settings in force."""
    from sts_edge.config import describe

    settings = loaded(call)
    if call.output.as_json:
        import msgspec

        told = msgspec.to_builtins(settings, enc_hook=str)
        call.output.document({"schema": "sts.edge.config.show/1", "file": str(call.config), "settings": told})
    else:
        call.output.line(describe(settings).rstrip())


def validate(call: Call) -> None:
    """Say that the settings can be used, or every reason why not."""
    settings = loaded(call)
    if call.output.as_json:
        call.output.document(
            {"schema": "sts.edge.config.validate/1", "file": str(call.config), "valid": True}
        )
    else:
        count = len(settings.sensors)
        sentence = f"{call.config}: gateway {settings.gateway.name}, {count} sensors"
        call.output.line(call.output.sign("good", sentence))
