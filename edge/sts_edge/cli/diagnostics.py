"""`sts-edge diagnostics`: everything that whoever helps asks first, in one file without secrets and names."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from .asking import agent_or_none
from .call import Call
from .doctor import document as doctors_word
from .doctor import patient_of
from .exits import Exit
from .output import Stop
from .settings import loaded


def diagnostics(call: Call, file: Path) -> None:
    """Write the bundle of this gateway, with what the doctor finds."""
    from sts_edge.agent.diagnostics import bundle, cleaned
    from sts_edge.doctor.examination import examine

    settings = loaded(call)
    told: dict[str, Any] = agent_or_none(call, "diagnostics") or bundle(settings, None, [])
    told["doctor"] = doctors_word(list(examine(patient_of(call), [])))
    content = json.dumps(cleaned(told, settings), indent=1, ensure_ascii=False)
    try:
        file.write_text(content, encoding="utf-8")
    except OSError as error:
        raise Stop(
            Exit.FAILED, f"{file} cannot be written ({error.strerror}). Next: name another file"
        ) from None
    size = len(content.encode())
    if call.output.as_json:
        call.output.document({"schema": "sts.edge.diagnostics.written/1", "file": str(file), "bytes": size})
        return
    faults = [one["name"] for one in told["doctor"]["faults"]]
    sentence = f"{file}, {size} bytes, without secrets and names of people"
    call.output.line(call.output.sign("good", sentence))
    call.output.line(f"The doctor found: {', '.join(faults)}" if faults else "The doctor found nothing.")
    call.output.line("Next: look it over, then send it to whoever helps you")
