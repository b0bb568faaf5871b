"""`sts-edge buffer show, drain, purge`: what waits for the hub."""

from __future__ import annotations

import time
from typing import Any

from .asking import ask_agent, ask_status
from .call import Call
from .confirming import confirm
from .exits import Exit
from .output import Output, Stop
from .status import duration, megabytes

Status = dict[str, Any]

LOOK_S = 1.0
_POLICIES = {
    "oldest-raw-first": "give up the oldest raw frames, then waveforms, then samples; each is declared",
    "keep-summaries": "the same, and keep one value a second of what was samples",
    "refuse-new": "refuse what is new, and declare it",
}


def show(call: Call) -> None:
    """Print what waits, how fast it changes, and how long card and room last."""
    from sts_edge.config import ConfigError, load
    from sts_edge.doctor.card import card_under

    told = ask_status(call)
    try:
        card = card_under(load(call.config).gateway.data_dir)
    except ConfigError:
        card = None
    wear = None if card is None else {**card._asdict(), "life_years": card.life_years}
    buffer = {**told["buffer"], "hub": told["hub"]["state"], "card": wear}
    if call.output.as_json:
        call.output.document({"schema": "sts.edge.buffer.show/1", **buffer})
    else:
        for line in plain(buffer, told["hub"], call.output):
            call.output.line(line)
    if told["hub"]["state"] in ("unreachable", "refused"):
        raise Stop(Exit.UNREACHABLE)
    if buffer["dropped_records"] or buffer["damaged_records"]:
        raise Stop(Exit.DEGRADED)


def plain(buffer: Status, hub: Status, output: Output) -> list[str]:
    """The buffer for people."""
    share = 100 * buffer["waiting_bytes"] / buffer["cap_bytes"]
    first = [
        f"waiting {buffer['waiting_records']} records",
        f"{megabytes(buffer['waiting_bytes'])} of {megabytes(buffer['cap_bytes'])}",
        f"{share:.1f} %",
    ]
    if buffer["oldest_s"] is not None:
        first.append(f"oldest {duration(buffer['oldest_s'])}")
    if buffer["records_in_per_s"] is not None:
        first.append(f"in {buffer['records_in_per_s']:.1f}/s, out {buffer['records_out_per_s']:.1f}/s")
    lines = [f"  {'   '.join(first)}", f"  {_outlook(buffer)}", *_card(buffer["card"], output)]
    if buffer["dropped_records"]:
        sentence = f"{buffer['dropped_records']} records were dropped since the start, and declared"
        lines.append(output.sign("warning", sentence))
    if buffer["damaged_records"]:
        sentence = f"{buffer['damaged_records']} records were damaged on the card, set aside and declared"
        lines.append(output.sign("bad", sentence) + "   Next: sts-edge doctor --only card")
    if hub["state"] not in ("up", "connected"):
        since = f"hub {hub['state']} for {duration(hub['since_s'])}"
        lines.append(f"{output.sign('warning', since)}   Next: sts-edge doctor")
    return lines


def drain(call: Call) -> None:
    """Wait until everything that waits now has been confirmed."""
    began_s = time.monotonic()
    while True:
        told = ask_status(call)
        buffer, elapsed_s = told["buffer"], time.monotonic() - began_s
        if _is_drained(buffer, elapsed_s):
            break
        if call.patience_s is not None and elapsed_s > call.patience_s:
            raise Stop(
                Exit.TIMED_OUT,
                f"{buffer['waiting_records']} records still wait after {duration(elapsed_s)}. "
                "Next: sts-edge buffer show",
            )
        call.output.progress(_progress(buffer, told["hub"]))
        time.sleep(LOOK_S)
    call.output.progress("")
    if call.output.as_json:
        call.output.document({"schema": "sts.edge.buffer.drain/1", "seconds": round(elapsed_s, 1)})
    else:
        call.output.line(call.output.sign("good", f"nothing waits any more ({duration(elapsed_s)})"))


def purge(call: Call, dry_run: bool) -> None:
    """Give up what waits, declared to the hub as dropped."""
    told = ask_agent(call, "purge", dry_run=True)
    lost = _lost(told)
    if not dry_run and told["records"]:
        confirm(call, f"{lost} will be lost for good; the hub is told that they are.", "purge")
        told = ask_agent(call, "purge")
        lost = _lost(told)
    if call.output.as_json:
        call.output.document({**told, "schema": "sts.edge.buffer.purge/1", "dry_run": dry_run})
    elif not told["records"]:
        call.output.line(call.output.sign("good", "nothing waits that could be given up"))
    elif dry_run:
        call.output.line(f"{lost} would be lost.   Keep them first: sts-edge buffer export waiting.sts")
    else:
        call.output.line(call.output.sign("warning", f"{lost} given up and declared"))


def _lost(told: Status) -> str:
    lanes = ", ".join(f"{records} of {lane}" for lane, records in told["lanes"].items())
    age = "" if told["oldest_s"] is None else f", the oldest {duration(told['oldest_s'])} old"
    return f"{told['records']} records ({lanes}; {megabytes(told['bytes'])}{age})"


def _is_drained(buffer: Status, elapsed_s: float) -> bool:
    """Nothing waits that is older than the command itself; live records come and go."""
    if not buffer["waiting_records"]:
        return True
    return buffer["oldest_s"] is not None and buffer["oldest_s"] < elapsed_s


def _progress(buffer: Status, hub: Status) -> str:
    age = "" if buffer["oldest_s"] is None else f", oldest {duration(buffer['oldest_s'])}"
    rate = "" if buffer["records_out_per_s"] is None else f", out {buffer['records_out_per_s']:.1f}/s"
    return f"waiting {buffer['waiting_records']} records{age}{rate}, hub {hub['state']}"


def _outlook(buffer: Status) -> str:
    full = "not filling" if buffer["full_in_s"] is None else f"full in about {duration(buffer['full_in_s'])}"
    return f"{full}   when full: {_POLICIES.get(buffer['policy'], buffer['policy'])}"


def _card(card: Status | None, output: Output) -> list[str]:
    if card is None:
        return []
    if card["used_percent"] is not None:
        sign = "good" if card["used_percent"] < 80 else "warning"
        return ["  " + output.sign(sign, f"card {card['device']}: {card['used_percent']} % of its life used")]
    if not card["device"].startswith("mmcblk"):
        return []  # a disk of a computer: its wear is told by its own tools
    if card["life_years"] is None:
        return [f"  card {card['device']}: wear is told a quarter of an hour after boot"]
    written = f"{card['written_per_day'] / 1e9:.1f} GB a day written"
    return [
        f"  card {card['device']}: {written}, lasts about {_years(card['life_years'])} from new (estimate)"
    ]


def _years(years: float) -> str:
    return f"{years:.1f} years" if years < 20 else "20 years or more"
