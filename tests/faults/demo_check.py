"""`make demo-check`: the demo's system, hurt in every part, then an oracle that counts.

Exit codes: 0 nothing was lost, doubled, invented or changed and every word was right; 1 something was;
2 the system did not come back from an act. With CONTROL=1 one wrong of each kind is planted afterwards:
each must be named, else the check itself has failed (1).
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import time
import traceback
from collections import Counter
from pathlib import Path
from typing import Any

from demo import lock
from demo.processes import StartError
from demo.progress import step
from faults import oracle, paper_gateways, spoil, stored, truths, words
from faults.acts import ACTS
from faults.machine import facts
from faults.proof import Proof, running, say
from faults.words import Answer

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "build"
REPORT = BUILD / "demo-check.json"
# The promises: strap to screen p95, live again after a cut, agent's memory, wire and disk.
TARGETS = {
    "strap_to_screen_p95_ms": 500,
    "first_live_after_outage_s": 1.0,
    "agent_peak_memory_mb": 100,
    "wire_live_bytes_per_s": 2_000,
    "device_bytes_per_s": 40_000,
}
BLAMELESS = ("lost", "duplicated", "phantom", "altered", "lost_records")
# Emit to arrival on the wall; a longer way is another beat of the same heart rate.
LONGEST_WAY_US = 5_000_000


def main() -> int:
    """Run all acts, judge, print, write; the exit code."""
    began = time.monotonic()
    with lock.take(BUILD), running(BUILD / "demo-check") as proof:
        failure = play(proof)
        answers = [words.ask(proof.api, claim) for claim in proof.claims] if not failure else []
        answers += [words.ask(proof.api, claim) for claim in paper_gateways.claims_about(proof.system)]
        account = oracle.read(proof.witness.log)
        received = received_records(proof)
        rows, straps = stored_rows(proof), {seat["athlete_id"]: seat["strap"] for seat in proof.seats}
    report = judged(proof, oracle.compare(account, rows, received), account, straps) | {
        "failure": failure,
        "seconds": round(time.monotonic() - began),
    }
    report["completeness"] = [told(answer) for answer in [*proof.asked, *answers]]
    if os.environ.get("CONTROL") == "1":
        report["control"] = control(account, rows)
    report["stored_rows"] = rows.total()
    REPORT.write_text(json.dumps(report, indent=2) + "\n")
    show(report)
    return verdict(report)


def play(proof: Proof) -> str | None:
    """All acts in order; the sentence of the one that failed, None when all came back."""
    for act in ACTS:
        try:
            with step(act.name):
                act.does(proof)
        except Exception as error:
            traceback.print_exc()
            return f"{act.name}: {error}"
    return None


def stored_rows(proof: Proof) -> Counter[oracle.Row]:
    """Every row of the gateway under proof, as a multiset."""
    return Counter(oracle.Row(*row) for row in proof.sql(stored.ROWS, proof.system.options.gateway))


def received_records(proof: Proof) -> list[oracle.RecordId]:
    """The record numbers that the ledger holds as received or parked."""
    return stored.records(tuple(row) for row in proof.sql(stored.RECEIVED, proof.system.options.gateway))


def judged(
    proof: Proof, findings: oracle.Findings, account: oracle.Account, straps: dict[str, str]
) -> dict[str, Any]:
    """Counters, figures and what became of every emitted value."""
    ways_ms = sorted(strap_to_screen_ms(proof, straps))
    emitted = truths.table(proof.truth, account.accepted_heart_rates(), proof.down)
    return {
        "machine": facts(),
        **findings.counters(),
        "examples": findings.examples,
        "late": proof.figures.get("late", 0),
        "accepted_samples": findings.accepted,
        "strap_to_screen_ms": percentiles(ways_ms),
        **proof.figures,
        "emitted": dict(emitted),
        "targets": TARGETS,
    }


def strap_to_screen_ms(proof: Proof, straps: dict[str, str]) -> list[float]:
    """From the strap's emit to the event on the stream, for heart rates while nothing was wrong, ms."""
    emitted: dict[str, list[tuple[int, int]]] = {}
    with proof.truth.open() as lines:
        for line in lines:
            truth = json.loads(line)
            emitted.setdefault(truth["strap"], []).append((truth["t_boot_us"], truth["hr"]))
    since, until = proof.windows.get("steady", (0, 0))
    ways = []
    for seen in proof.onlooker.seen:
        if seen.metric != "heart_rate" or not since * 1000 <= seen.t_ms < until * 1000:
            continue
        before = [
            t for t, hr in emitted.get(straps[seen.athlete], ()) if hr == seen.value and t <= seen.came_us
        ]
        if before and seen.came_us - before[-1] < LONGEST_WAY_US:
            ways.append((seen.came_us - before[-1]) / 1000)
    return ways


def percentiles(values: list[float]) -> dict[str, float | int]:
    """p50, p95 and how many; empty when there are none."""
    if len(values) < 2:
        return {"count": len(values)}
    cuts = statistics.quantiles(values, n=100, method="inclusive")
    return {
        "count": len(values),
        "p50": round(cuts[49], 1),
        "p95": round(cuts[94], 1),
        "worst": round(values[-1], 1),
    }


def told(answer: Answer) -> dict[str, Any]:
    """One claim as the report has it."""
    claim = answer.claim
    return {
        "case": claim.case,
        "strap": claim.strap,
        "expected": sorted(claim.words),
        "said": sorted(answer.said),
        "right": answer.right,
    }


def control(account: oracle.Account, rows: Counter[oracle.Row]) -> list[dict[str, Any]]:
    """Plant each wrong into a fresh copy; whether its counter rose."""
    clean = oracle.compare(account, rows).counters()
    outcome = []
    for planted in spoil.PLANTED:
        spoilt_account, spoilt_rows = account.copy(), Counter(rows)
        planted.plant(spoilt_account, spoilt_rows)
        named = oracle.compare(spoilt_account, spoilt_rows).counters()
        outcome.append({"planted": planted.what, "named": named[planted.counter] > clean[planted.counter]})
    return outcome


def verdict(report: dict[str, Any]) -> int:
    """0 good, 1 bad or blind, 2 an act did not end well."""
    if report["failure"]:
        return 2
    wrong = [name for name in BLAMELESS if report[name]]
    wrong += [case["case"] for case in report["completeness"] if not case["right"]]
    wrong += ["unexplained"] if report["emitted"].get("unexplained") else []
    wrong += [plant["planted"] for plant in report.get("control", ()) if not plant["named"]]
    return 1 if wrong else 0


def show(report: dict[str, Any]) -> None:
    """The table for a person."""
    say("")
    for name in (*BLAMELESS, "declared_dropped", "late"):
        print(f"  {name:<28}{report[name]:>12}")
    print(f"  {'accepted samples':<28}{report['accepted_samples']:>12}")
    print(f"  {'stored rows':<28}{report['stored_rows']:>12}")
    for name, count in sorted(report["emitted"].items()):
        print(f"  emitted, {name:<40}{count:>6}")
    for line in figures(report):
        print(f"  {line}")
    for case in report["completeness"]:
        mark = "right" if case["right"] else f"WRONG, expected {', '.join(case['expected'])}"
        print(f"  completeness: {case['case']:<40}{', '.join(case['said']):<28}{mark}")
    for plant in report.get("control", ()):
        print(f"  control: {plant['planted']:<32}{'named' if plant['named'] else 'NOT NAMED'}")
    for example in report["examples"][:10]:
        print(f"  {example}")
    if report["failure"]:
        print(f"  An act failed: {report['failure']}")
    print(f"  {report['seconds']} s; the whole report is in {REPORT.relative_to(ROOT)}", flush=True)


def figures(report: dict[str, Any]) -> list[str]:
    """Measured figures, each met or missed where there is a promise."""
    measured = {"strap_to_screen_p95_ms": report["strap_to_screen_ms"].get("p95")}
    measured |= {name: report.get(name) for name in TARGETS if name in report}
    lines = []
    for name, target in TARGETS.items():
        values = measured.get(name)
        for label, value in values.items() if isinstance(values, dict) else ((("", values),)):
            met = value is not None and value <= target
            shown = "none" if value is None else f"{value:,.2f}"
            lines.append(f"{name} {label:<26}{shown:>12}  of {target:g}: {'met' if met else 'MISSED'}")
    return lines


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (StartError, lock.AlreadyRunningError) as error:
        print(f"\n{error}", file=sys.stderr)
        sys.exit(2)
