"""`sts-edge doctor`: what is wrong, what to do, and what to type next."""

from __future__ import annotations

from typing import Any

from .asking import agent_or_none
from .call import Call
from .exits import Exit
from .output import Output, Stop
from .place import socket_path


def doctor(call: Call, only: list[str]) -> None:
    """Examine this gateway."""
    from sts_edge.doctor.examination import checks_of, examine
    from sts_edge.doctor.faults import BY_NAME, CHECKS
    from sts_edge.doctor.patient import Finding

    strangers = [word for word in only if not checks_of(word)]
    if strangers:
        known = f"Checks: {', '.join(CHECKS)}. Faults: {', '.join(BY_NAME)}."
        raise Stop(Exit.USAGE, f"The doctor does not know {', '.join(strangers)}. {known}")
    results = []
    for result in examine(patient_of(call), [check for word in only for check in checks_of(word)]):
        results.append(result)
        if not call.output.as_json:
            _tell(result, call.output)
    findings = [one for one in results if isinstance(one, Finding)]
    if call.output.as_json:
        call.output.document(document(results))
    else:
        _summary(findings, len(results), call.output)
    if findings:
        grave = [one for one in findings if one.fault.grave]
        raise Stop(Exit((grave or findings)[0].fault.exit))


def patient_of(call: Call) -> Any:
    """This gateway, ready to be examined."""
    from sts_edge.config import ConfigError, load
    from sts_edge.doctor.patient import Patient

    try:
        settings = load(call.config)
    except ConfigError:
        settings = None
    try:
        status = agent_or_none(call, "status")
    except Stop:
        status = None
    return Patient(call.config, socket_path(call.config), settings, status, call.timeout_s)


def document(results: list[Any]) -> dict[str, Any]:
    """sts.edge.doctor/1."""
    from sts_edge.doctor.patient import Finding

    findings = [one for one in results if isinstance(one, Finding)]
    return {
        "schema": "sts.edge.doctor/1",
        "healthy": not findings,
        "faults": [
            {
                "name": one.fault.name,
                "check": one.fault.check,
                "grave": one.fault.grave,
                "means": one.fault.means,
                "detail": one.detail,
                "fix": one.fix,
            }
            for one in findings
        ],
        "checks": [
            {"check": one.check, "result": type(one).__name__.lower(), "detail": one.detail}
            for one in results
            if not isinstance(one, Finding)
        ],
    }


def _tell(result: Any, output: Output) -> None:
    from sts_edge.doctor.patient import Finding, Passed

    if isinstance(result, Finding):
        sign = "bad" if result.fault.grave else "warning"
        output.line(f"{output.sign(sign, result.fault.name)}  {result.fault.means}")
        output.line(f"    {result.detail}")
        output.line(f"    fix:  {result.fix}")
        output.line(f"    then: sts-edge doctor --only {result.fault.check}")
    elif isinstance(result, Passed):
        output.line(f"{output.sign('good', f'{result.check:<10}')} {result.detail}")
    else:
        output.line(f"- {result.check:<10} not asked: {result.detail}")


def _summary(findings: list[Any], count: int, output: Output) -> None:
    if not findings:
        output.line(output.sign("good", "nothing is wrong here"))
        return
    names = ", ".join(one.fault.name for one in findings)
    output.line(f"{len(findings)} faults: {names}" if len(findings) > 1 else f"1 fault: {names}")
