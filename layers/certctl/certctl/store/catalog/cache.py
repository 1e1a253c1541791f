"""The catalog for use cases: cached for a minute, and never without its defaults."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from certctl.domain.catalog.default_renewal import BUILT_IN_RENEWAL_POLICY
from certctl.domain.catalog.entries import AnyEntry, Entry
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.policies.name_ownership import NameOwnership
from certctl.domain.renewal.policies import RenewalPolicy
from certctl.store.cache import LastKnown
from certctl.store.catalog.known import KnownEntries, Place
from certctl.store.catalog.records import CatalogStore
from certctl.store.catalog.renewal_policies import PoliciesById, policy_among

if TYPE_CHECKING:
    from certctl.domain.catalog.kinds import CatalogKinds
    from certctl.domain.policies.policies import Policy
    from certctl.domain.policies.profiles import Profile

MAX_POLICIES = 200
MAX_RENEWAL_POLICIES = 1_000
_PAGE = 100


class CachedCatalog:
    """Caches records that exist, never that one does not: a record that was just created is found. While the
    store is down the last known records are used. Thread-safe."""

    def __init__(
        self,
        store: CatalogStore,
        now: Callable[[], datetime],
        kept: timedelta = timedelta(seconds=60),
    ) -> None:
        self._store = store
        self._known = KnownEntries(store.get_many, _built_in, now, kept)
        self._policies = LastKnown("the policies", lambda: tuple(self._enabled_policies()), now, kept)
        self._renewal_policies: LastKnown[Mapping[str, RenewalPolicy]] = LastKnown(
            "the renewal policies",
            lambda: PoliciesById(self._read_renewal_policies(), self._known),
            now,
            kept,
            otherwise={},
        )
        self._names = LastKnown(
            "the names of teams", lambda: NameOwnership(store.team_names.all()), now, kept
        )

    @property
    def kinds(self) -> "CatalogKinds":
        return self._store.kinds

    def find(self, kind: Kind, entry_id: str) -> AnyEntry | None:
        """The record; None also for one that is being deleted. Raises Unavailable if nothing is known of
        it."""
        return self.find_many([(kind, entry_id)]).get((kind, entry_id))

    def find_many(self, places: Sequence[Place]) -> Mapping[Place, AnyEntry]:
        """The records that exist, in one round trip. Raises Unavailable as `find`."""
        return self._known.find_many(places)

    def profile(self, profile_id: str) -> "Profile | None":
        entry: Entry[Profile] | None = self.find(Kind.PROFILE, profile_id)
        return entry.content if entry else None

    def renewal_policy(self, policy_id: str) -> RenewalPolicy:
        """The default's values for a missing one: renewal must not stop because of it."""
        return policy_among(self._known, policy_id)

    def renewal_policies(self) -> Mapping[str, RenewalPolicy]:
        """The first 1,000 by id, and the default one; others, such as one that was just made, are read when
        they are asked for. Empty if they were never read: what is shown of a certificate does not wait for
        them."""
        return self._renewal_policies.get()

    def signs_locally(self, issuer_id: str) -> bool:
        """Whether this stack's own CA signs for the issuer, or it is gone. Raises Unavailable as `find`."""
        entry = self.find(Kind.ISSUER, issuer_id)
        return entry is None or self.kinds.issuers.of(entry.content.type).signs_locally

    def policies(self) -> "Sequence[Entry[Policy]]":
        """The enabled ones by id. Raises Unavailable if they were never read."""
        return self._policies.get()

    def names(self) -> NameOwnership:
        """The names that teams list. Raises Unavailable if they were never read."""
        return self._names.get()

    def _read_renewal_policies(self) -> Iterator[tuple[str, RenewalPolicy]]:
        yield BUILT_IN_RENEWAL_POLICY.id, BUILT_IN_RENEWAL_POLICY.content
        page = self._store.page(Kind.RENEWAL_POLICY, None, MAX_RENEWAL_POLICIES)
        yield from ((each.id, each.content) for each in page.entries if not each.is_deleting)

    def _enabled_policies(self) -> "Iterator[Entry[Policy]]":
        after: str | None = None
        for _ in range(MAX_POLICIES // _PAGE + 1):
            page = self._store.page(Kind.POLICY, after, _PAGE)
            yield from (e for e in page.entries if e.content.enabled and not e.is_deleting)
            after = page.next_after
            if after is None:
                return


def _built_in(place: Place) -> AnyEntry | None:
    """The defaults load when a record is missing."""
    from certctl.domain.catalog.defaults import BUILT_IN

    return BUILT_IN.get(place)
