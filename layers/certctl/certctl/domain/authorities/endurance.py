"""Whether a CA lasts long enough for the certificates that profiles promise."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from certctl.domain.authorities.confirmations import Confirmation
from certctl.domain.times import to_wire


def end_to_confirm(not_after: datetime, longest_leaf: timedelta, now: datetime) -> Iterator[Confirmation]:
    """The end of a new CA, if it were due for rotation at once. `longest_leaf` is the longest lifetime that a
    profile in use allows."""
    needed, end = now + 2 * longest_leaf, to_wire(not_after)
    if needed <= not_after:
        return
    late = not_after - longest_leaf
    refused = f"from {to_wire(late)} on" if late > now else "from the beginning"
    yield Confirmation(
        end,
        "the end of the new CA, to make one that ends so soon. Profiles in use allow certificates of "
        f"{longest_leaf.days} days, and a CA needs twice as long: until {to_wire(needed)} at least. This one "
        f"would refuse such certificates {refused}",
    )
