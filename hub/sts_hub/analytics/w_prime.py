"""W' balance: how much of the work above critical power is left.

Two forms, of the same authors. The integral one (2012) lets every joule spent come back with one time constant for the
whole session, which depends on how far below critical power its easy parts lay on average; so it is known only when the
session is over. The differential one (2015) lets it come back at a rate by the power of each moment; it needs no future, and
is the live form.
"""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np

from sts_hub.analytics.formula import Case, Formula, Found, Output, Parameter, Variant
from sts_hub.analytics.holding import Floats, Samples
from sts_hub.analytics.power import POWER, POWER_GAP, coverage_percent, powers
from sts_hub.analytics.seconds import Seconds

CRITICAL_POWER: Final = Parameter(
    "cp", "W", "Critical power: the highest power that can be held without using up W'."
)
W_PRIME: Final = Parameter("w_prime", "J", "The work that can be done above critical power.")


def time_constant_s(power: Floats, critical_power: float) -> float:
    """τ = 546 e^(-0.01 D) + 316 s, with D how far the seconds below critical power lie below it in the mean, W."""
    below = power[power < critical_power]
    difference = critical_power - float(below.mean()) if below.size else 0.0
    return 546 * math.exp(-0.01 * difference) + 316


def integral(power: Floats, critical_power: float, w_prime: float) -> Floats:
    """The balance at the end of each second, J, of the form of 2012."""
    keeps = math.exp(-1 / time_constant_s(power, critical_power))
    spent = np.maximum(power - critical_power, 0.0)
    owed, balance = 0.0, np.empty(power.size)
    for place, joules in enumerate(spent.tolist()):
        owed = owed * keeps + joules
        balance[place] = w_prime - owed
    return balance


class Balance:
    """The live form, that of 2015: takes power as it comes, and tells at any time what the batch would."""

    def __init__(self, critical_power: float, w_prime: float, since_us: int, max_gap_us: int) -> None:
        self._critical_power, self._w_prime = critical_power, w_prime
        self._seconds = Seconds(since_us, max_gap_us)
        self._balance = w_prime

    def take(self, power: Samples) -> None:
        """The next powers, rising in time."""
        told = differential(self._seconds.take(power), self._critical_power, self._w_prime, self._balance)
        self._balance = float(told[-1]) if told.size else self._balance

    def at(self, until_us: int) -> float:
        """The balance at the end of the last whole second up to then, J."""
        told = differential(self._seconds.rest(until_us), self._critical_power, self._w_prime, self._balance)
        return float(told[-1]) if told.size else self._balance


def differential(power: Floats, critical_power: float, w_prime: float, balance: float) -> Floats:
    """The balance at the end of each second, J, of the form of 2015; a second without a value leaves it as it was."""
    told = np.empty(power.size)
    for place, watts in enumerate(power.tolist()):
        if watts >= critical_power:
            balance -= watts - critical_power
        elif watts < critical_power:
            balance = w_prime - (w_prime - balance) * math.exp((watts - critical_power) / w_prime)
        told[place] = balance
    return told


def _integral(case: Case) -> Found:
    power = powers(case)
    known = power[~np.isnan(power)]
    critical_power, w_prime = case.number(CRITICAL_POWER.name), case.number(W_PRIME.name)
    balance = integral(known, critical_power, w_prime)
    found = _found(balance, power)
    return found._replace(values={**found.values, "time_constant": time_constant_s(known, critical_power)})


def _differential(case: Case) -> Found:
    power = powers(case)
    w_prime = case.number(W_PRIME.name)
    return _found(differential(power, case.number(CRITICAL_POWER.name), w_prime, w_prime), power)


def _found(balance: Floats, power: Floats) -> Found:
    return Found({"balance": float(balance[-1]), "lowest": float(balance.min())}, coverage_percent(power))


_NEEDS: Final[dict[str, Any]] = {
    "inputs": (POWER,),
    "parameters": (CRITICAL_POWER, W_PRIME),
    "settings": (POWER_GAP,),
}

W_PRIME_BALANCE: Final = Formula(
    id="w_prime_balance",
    version=1,
    title="W' balance",
    sentence="What is left of the work above critical power: spent above it, coming back below it.",
    source="Skiba et al. 2012, Med Sci Sports Exerc 44:1526; Skiba et al. 2015, Eur J Appl Physiol 115:703",
    outputs=(
        Output("balance", "J", "What is left at the end."),
        Output("lowest", "J", "The least that was left; below 0 the parameters do not fit the athlete."),
    ),
    gaps="One value a second, as for weighted power. In a second without a value nothing is spent and nothing comes back.",
    null="A parameter is not known, or there is no second with a value.",
    variants=(
        Variant(
            "integral",
            "Skiba 2012: one time constant, for a session that is over.",
            _integral,
            outputs=(Output("time_constant", "s", "τ, not cut to whole seconds."),),
            **_NEEDS,
        ),
        Variant(
            "differential", "Skiba 2015: by the power of each second, live as well.", _differential, **_NEEDS
        ),
    ),
)
