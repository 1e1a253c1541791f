"""Whether a CA lasts long enough for the certificates that profiles promise."""

from datetime import datetime, timedelta

from certctl.domain.errors import InvalidInput
from certctl.domain.times import to_wire


def require_endurance(
    not_after: datetime, longest_leaf: timedelta, confirmed: str | None, now: datetime
) -> None:
    """Raises InvalidInput if a new CA with that end were due for rotation at once, unless `confirmed` repeats
    the end. `longest_leaf` is the longest lifetime that a profile in use allows."""
    needed, end = now + 2 * longest_leaf, to_wire(not_after)
    if needed <= not_after or confirmed == end:
        return
    late = not_after - longest_leaf
    refused = f"from {to_wire(late)} on" if late > now else "from the beginning"
    raise InvalidInput.of(
        "confirm",
        f"must be {end}, the end of the new CA, to make one that ends so soon. Profiles in use allow "
        f"certificates of {longest_leaf.days} days, and a CA needs twice as long: until {to_wire(needed)} at "
        f"least. This one would refuse such certificates {refused}",
    )
