"""The states of a CA."""

from enum import StrEnum


class AuthorityState(StrEnum):
    """`pending`: created, but no leaf may name it yet, because its first CRL is not published."""

    PENDING = "pending"
    ACTIVE = "active"
    RETIRING = "retiring"
    RETIRED = "retired"
