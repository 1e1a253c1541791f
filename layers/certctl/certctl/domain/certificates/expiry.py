"""When a certificate that ends is about to end."""

from datetime import timedelta

EXPIRING_DAYS = 30
_DAY = timedelta(days=1)


def expiring_days(lifetime: timedelta) -> int:
    """The days before its end in which it is Expiring: 30, or a third of a shorter lifetime in whole days,
    which no renewal in time reaches; but at least two for lifetimes of three days or more, and one below."""
    third = lifetime / 3 // _DAY
    return min(max(third, 2 if third else 1), EXPIRING_DAYS)
