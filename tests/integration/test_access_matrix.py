"""Every route by every role on own and foreign things: by both walls, by the policy alone, by the database alone;
and a policy with a hole in it is noticed."""

from __future__ import annotations

import contextlib
import inspect
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterator
from types import FunctionType

import pytest
import structlog.testing

from access_matrix import ROLES, Ask, Matrix, asks
from api_support import ApiDatabase, World
from sts_hub import policy
from sts_hub.policy import Act, Caller, Kind, Reach, Role, Thing

# A minute of CPU; the database's own wall is asked on both generations by test_api_walls.
pytestmark = pytest.mark.one_generation

ASKS = list(asks())
# Most checks must be told apart; a few cells say what another one says too.
NOTICED = 0.95


def test_the_matrix_knows_every_role() -> None:
    assert set(ROLES) == set(Role)


def test_the_matrix_is_large() -> None:
    assert len(ASKS) >= 1_000


@pytest.fixture(autouse=True)
def unlogged() -> Iterator[None]:
    """Thousands of requests, each with its line, would take longer to print than to answer."""
    with structlog.testing.capture_logs():
        yield


@pytest.fixture
async def behind_both(world: World, api_database: ApiDatabase) -> AsyncIterator[Matrix]:
    """The hub as it runs."""
    matrix = await Matrix.of(world, api_database.api_dsn)
    yield matrix
    await matrix.close()


@pytest.fixture
async def behind_policy(world: World, api_database: ApiDatabase) -> AsyncIterator[Matrix]:
    """The hub as a role that row-level security does not bind: what it hides, the policy hides."""
    matrix = await Matrix.of(world, api_database.owner_dsn)
    yield matrix
    await matrix.close()


@contextlib.contextmanager
def no_policy() -> Iterator[None]:
    """The policy function says yes to everything: what is hidden now, the database hides."""
    code = policy.may.__code__
    policy.may.__code__ = (lambda caller, act, thing: True).__code__
    try:
        yield
    finally:
        policy.may.__code__ = code


@contextlib.contextmanager
def overheard(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[bool]]:
    """What the policy function answers meanwhile, to whoever has it by name."""
    answers: list[bool] = []
    code = policy.may.__code__
    plain = FunctionType(code, vars(policy))

    def heard(caller: Caller, act: Act, thing: Thing) -> bool:
        answers.append(plain(caller, act, thing))
        return answers[-1]

    monkeypatch.setattr(policy, "heard", heard, raising=False)
    policy.may.__code__ = (lambda caller, act, thing: globals()["heard"](caller, act, thing)).__code__
    try:
        yield answers
    finally:
        policy.may.__code__ = code


async def faults(matrix: Matrix, some: list[Ask]) -> list[str]:
    return [fault for ask in some if (fault := await matrix.fault(ask)) is not None]


async def test_behind_both_walls_nothing_leaks_and_row_level_security_alone_lets_nothing_through(
    behind_both: Matrix, monkeypatch: pytest.MonkeyPatch, tell: Callable[[str], None]
) -> None:
    """Where the policy has said yes, the answer was that of the database alone; what it refused is asked without it."""
    leaks, refused = [], []
    with overheard(monkeypatch) as answers:
        for ask in ASKS:
            answers.clear()
            leaks += await faults(behind_both, [ask])
            if not all(answers):
                refused.append(ask)
    assert leaks == []
    assert {ask.role for ask in refused} == set(ROLES)
    tell(
        f"{len(ASKS):,} requests behind both walls, {len(refused):,} of them again behind the database alone"
    )
    behind_both.policy_stands = False
    with no_policy():
        assert await faults(behind_both, refused) == []


async def test_with_neither_wall_much_is_seen(behind_policy: Matrix) -> None:
    """The control of what stands above."""
    foreign = [ask for ask in ASKS if ask.names_a_thing and ask.owner == "foreign" and ask.role is not None]
    some = foreign[::5]  # by turns every role, since there are seven
    with no_policy():
        assert len(await faults(behind_policy, some)) > len(some) / 2


Cell = tuple[Role, Act, Kind]


async def asked_of(matrix: Matrix, some: list[Ask], monkeypatch: pytest.MonkeyPatch) -> dict[Cell, list[Ask]]:
    """Which requests ask for each cell of the policy's table; not one is answered as it must not be."""
    found: defaultdict[Cell, list[Ask]] = defaultdict(list)
    asked: set[Cell] = set()
    plain = policy.reach

    def heard(role: Role, act: Act, kind: Kind) -> Reach:
        asked.add((role, act, kind))
        return plain(role, act, kind)

    monkeypatch.setattr(policy, "reach", heard)
    for ask in some:
        asked.clear()
        assert await matrix.fault(ask) is None
        for cell in asked:
            found[cell].append(ask)
    monkeypatch.setattr(policy, "reach", plain)
    return found


@contextlib.contextmanager
def with_cell(cell: Cell, far: Reach) -> Iterator[None]:
    """The policy with another word in one place."""
    plain = policy.reach
    policy.reach = lambda *asked: far if asked == cell else plain(*asked)
    try:
        yield
    finally:
        policy.reach = plain


def holes(role: Role, act: Act, kind: Kind) -> set[Reach]:
    """What else a place could say: the check taken away, the role reaches the whole club; the right taken away, it
    reaches nothing. Who may change all that he sees is held by the check on seeing, which comes first."""
    far = policy.reach(role, act, kind)
    others = {Reach.CLUB, Reach.NOTHING} - {far}
    held = act is Act.CHANGE and far is policy.reach(role, Act.SEE, kind)
    return others - {Reach.CLUB} if held else others


async def noticed(matrix: Matrix, some: list[Ask]) -> bool:
    """Whether any of these requests is answered as it must not be."""
    for ask in some:
        if await matrix.fault(ask) is not None:
            return True
    return False


async def test_the_policy_alone_lets_nothing_through_and_a_hole_in_any_place_of_it_is_noticed(
    behind_policy: Matrix, monkeypatch: pytest.MonkeyPatch, tell: Callable[[str], None]
) -> None:
    cells = await asked_of(behind_policy, [ask for ask in ASKS if ask.role], monkeypatch)
    unnoticed, tried = [], 0
    for cell, some in cells.items():
        for far in holes(*cell):
            tried += 1
            with with_cell(cell, far):
                if not await noticed(behind_policy, some):
                    unnoticed.append((*cell, far.name))
    tell(f"{tried} holes in {len(cells)} places of the policy, {len(unnoticed)} unnoticed: {unnoticed}")
    assert len(unnoticed) <= (1 - NOTICED) * tried


CHECKS = {
    "the club": ("thing.club_id != caller.club_id or", ""),
    "the team": ("thing.team_id in caller.teams", "True"),
    "the owner": ("thing.owner == caller.account_id", "True"),
}


@pytest.mark.parametrize("check", CHECKS)
async def test_a_check_left_out_of_the_policy_function_is_noticed(behind_policy: Matrix, check: str) -> None:
    said, instead = CHECKS[check]
    text = inspect.getsource(policy.may)
    assert said in text
    space = dict(vars(policy))
    exec(text.replace(said, instead), space)
    code, policy.may.__code__ = policy.may.__code__, space["may"].__code__
    try:
        assert await noticed(behind_policy, ASKS)
    finally:
        policy.may.__code__ = code
