"""One stack for all proofs of a run: it takes minutes to build and start."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from compose_stack import Stack, missing, witnessed
from faults.onlooker import Onlooker
from faults.witness import Witness

PROJECT = "sts-proof"


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Built, started, healthy; removed afterwards, with its data."""
    if why := missing():
        pytest.skip(f"NOTHING OF docker-compose.yml IS PROVED HERE: {why}")
    stack = Stack(tmp_path_factory.mktemp("stack"), PROJECT)
    stack.set_up()
    try:
        stack.compose("--profile", "sims", "build")
        stack.up()
        yield stack
    finally:
        stack.remove()


@pytest.fixture(scope="session")
def witness(stack: Stack) -> Iterator[Witness]:
    """Notes what the simulated gateway accepts."""
    yield from witnessed(stack)


@pytest.fixture(scope="session")
def onlooker(stack: Stack, witness: Witness) -> Iterator[Onlooker]:
    """Looks at the wall, through Nginx."""
    onlooker = Onlooker(stack.origin, *stack.admin, trusted=stack.trusted)
    yield onlooker
    onlooker.close()
