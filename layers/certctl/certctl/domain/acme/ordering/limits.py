"""Limits per hour of ACME accounts and of their EAB keys."""

from collections.abc import Mapping
from enum import StrEnum

_OF_ACCOUNTS_OF_A_KEY = 10


class LimitedAct(StrEnum):
    ORDERS = "orders"
    CHALLENGES = "challenges"
    CHANGES = "changes"
    """Other contacts or another key."""

    @property
    def per_account(self) -> int:
        return _PER_ACCOUNT[self]

    @property
    def per_eab_key(self) -> int:
        return _PER_ACCOUNT[self] * _OF_ACCOUNTS_OF_A_KEY


_PER_ACCOUNT: Mapping[LimitedAct, int] = {
    LimitedAct.ORDERS: 300,
    LimitedAct.CHALLENGES: 600,
    LimitedAct.CHANGES: 60,
}
