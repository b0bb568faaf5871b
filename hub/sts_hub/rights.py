"""Each role's rights as a page, made from the policy's table: `python -m sts_hub.rights > docs/access.md`; a test
compares."""

import sys
from collections.abc import Iterator
from typing import Final

from sts_hub.policy import Act, Kind, Reach, Role, reach

_FAR: Final = {Reach.NOTHING: "", Reach.OWN: "own", Reach.TEAMS: "teams", Reach.CLUB: "club"}

_HEAD: Final = """\
# Who may see and change what

The club is the tenant: nothing of another club is ever seen but what an athlete's grant gives. Within it a role reaches the whole **club**, the **teams** given to
the account, or only what is its **own**: of an athlete his or her person, of a guardian the athletes that the account stands for
(until each is of age), of everybody the own account. What somebody may not see looks like what does not exist. The database's
row-level security says the same a second time.

*health* is every measured value of an athlete, past or live; nobody changes one. *grant* is what an athlete lets others read, *shared*
what is so given to the own club, *entrusted* what is given to one trainer. *audit* is the list of who read or changed
an athlete. *copy* is everything that the hub holds of an athlete in one file, *erasure* its deletion.
"""

_TAIL: Final = """
## Consent and age

Without a consent to the purpose `monitoring` at the time of measurement no value of an athlete is stored or shown. An athlete
consents alone from the age of digital consent on (`STS_DIGITAL_CONSENT_AGE`, 16 unless set); before that a guardian does, or
staff records what was signed on paper. Whoever gave it, a consent for a minor that is not the athlete's own ends on the day of
being of age, when the athlete is asked. Everybody may withdraw at any age; the live picture ends within 5 s.

A consent names the version of the text that was agreed to. The club's texts stand by purpose, version and language under
`/api/v1/consent-texts`; an admin publishes one, once. A version that means something else is published with a day: until then
consents to older versions hold, after it they count as not given. Whoever agrees to the newer one has agreed to the older no
more.

## Grants

An athlete, or a guardian, gives a second club or one trainer of whatever club some metrics of some time:
`POST /api/v1/athletes/{id}/grants`. A club's grant is for its admins, directors and coaches, a trainer's for that account alone. They
find it under `GET /api/v1/shared`, its values under `GET /api/v1/shared/{id}/samples`, and on the live wall, with the name and
nothing else of the athlete. It ends at its time, when it is revoked (`PATCH`), and, given by a guardian, on the day of being of
age; the live picture ends within 5 s. Consent to `monitoring` is asked as always.

## Audit

Each reading of an athlete and each change is noted with the account, the time in UTC and ids, and with nothing that was in it; what is
only read counts once in a minute. Rows are only added, each with a digest of all before it: `sts-hub audit verify` follows
the chains and tells what is missing or changed. An athlete reads who looked at `GET /api/v1/athletes/{id}/audit`.

## A copy of everything

`POST /api/v1/athletes/{id}/copy` makes an export like others: one zip with a FIT file for each workout, a CSV file of values for
each day, every row that names the athlete as JSON, who looked among them, and a README that says what is what.

## Erasing

`POST /api/v1/athletes/{id}/erasure` deletes an athlete's values on every level of time, parked records that may hold some, the
account and the name in result lists, and everything else that hangs on the athlete. What stays is which sensor nothing may be stored
of for which time, and the rows of the audit. With `STS_REMOVALS_FILE` set, erasures and withdrawals are also listed in that file,
outside the database; keep it elsewhere than the backups. After an older backup was restored, and before ingest and API are
started, `sts-hub erasure replay` does them again.
"""


def page() -> str:
    """The page."""
    return _HEAD + "".join(_table(act) for act in Act) + _TAIL


def _table(act: Act) -> str:
    title = {Act.SEE: "Sees", Act.CHANGE: "Changes"}[act]
    return f"\n## {title}\n\n" + "\n".join(_lines(act)) + "\n"


def _lines(act: Act) -> Iterator[str]:
    yield "| | " + " | ".join(Role) + " |"
    yield "|---" * (len(Role) + 1) + "|"
    for kind in Kind:
        cells = [_FAR[reach(role, act, kind)] for role in Role]
        if any(cells):
            yield f"| {kind} | " + " | ".join(cells) + " |"


if __name__ == "__main__":
    sys.stdout.write(page())
