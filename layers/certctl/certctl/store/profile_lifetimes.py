"""How long leaves may live, by the profiles that certificates have."""

from datetime import timedelta

from certctl.domain.catalog import Kind
from certctl.domain.certificate_profiles import BUILT_IN_PROFILES
from certctl.domain.requests import DEFAULT_PROFILE
from certctl.store.catalog import CatalogStore

_MOST_PROFILES = 100


def longest_lifetime(catalog: CatalogStore) -> timedelta:
    """The longest of a profile in use, of the first 100 by id; the default one's where none is."""
    entries = catalog.page(Kind.PROFILE, None, _MOST_PROFILES).entries
    for entry in sorted(entries, key=lambda e: e.content.max_ttl, reverse=True):
        if catalog.referrers(Kind.PROFILE, entry.id, 1).referrers:
            lifetime: timedelta = entry.content.max_ttl
            return lifetime
    return BUILT_IN_PROFILES[DEFAULT_PROFILE].max_ttl
