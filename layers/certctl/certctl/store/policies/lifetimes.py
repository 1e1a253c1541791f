"""The maximum lifetime of leaves, by the profiles in use."""

from datetime import timedelta
from functools import partial
from itertools import batched

from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.certificates.defaults import DEFAULT_PROFILE
from certctl.domain.policies.profiles import BUILT_IN_PROFILES
from certctl.store.catalog.records import CatalogStore
from certctl.store.paging import in_parallel

_MOST_PROFILES = 100
_AT_ONCE = 10


def longest_lifetime(catalog: CatalogStore) -> timedelta:
    """The longest of a profile in use, of the first 100 by id; the default profile's if none is."""
    entries = catalog.page(Kind.PROFILE, None, _MOST_PROFILES).entries
    longest_first = sorted(entries, key=lambda e: e.content.max_ttl, reverse=True)
    for some in batched(longest_first, _AT_ONCE, strict=False):
        used = in_parallel(*[partial(catalog.referrers, Kind.PROFILE, entry.id, 1) for entry in some])
        lifetimes: list[timedelta] = [
            e.content.max_ttl for e, page in zip(some, used, strict=True) if page.referrers
        ]
        if lifetimes:
            return max(lifetimes)
    return BUILT_IN_PROFILES[DEFAULT_PROFILE].max_ttl
