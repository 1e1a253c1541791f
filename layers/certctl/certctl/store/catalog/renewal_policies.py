"""Renewal policies for functions that show certificates, without the other kinds of catalog records: those
load identity, policies, issuers and agents, a tenth of a cold start."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from certctl.domain.catalog.default_renewal import BUILT_IN_RENEWAL_POLICY, DEFAULT_RENEWAL_PLACE
from certctl.domain.catalog.entries import AnyEntry, Entry
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.errors import Unavailable
from certctl.domain.renewal.policies import OnRenewal, RenewalPolicy
from certctl.store.catalog.items import CatalogItem
from certctl.store.catalog.known import KnownEntries, Place
from certctl.store.catalog.rows import Decode, content_from, entry_or_none
from certctl.store.database import Database

RENEWAL_POLICY_DECODERS: Mapping[str, Decode] = {"alert_thresholds_days": tuple, "on_renewal": OnRenewal}


def policy_among(known: KnownEntries, policy_id: str) -> RenewalPolicy:
    """The default's values for a missing one: renewal must not stop because of it."""
    wanted = Kind.RENEWAL_POLICY, policy_id
    found = known.find_many([wanted, DEFAULT_RENEWAL_PLACE])
    entry: Entry[RenewalPolicy] = found.get(wanted) or found[DEFAULT_RENEWAL_PLACE]
    return entry.content


class PoliciesById(Mapping[str, RenewalPolicy]):
    """The policies that were read, and each further one when it is first asked for: a certificate that names
    a policy which was just made is judged by that. One read for each missing id, once."""

    def __init__(self, listed: Iterable[tuple[str, RenewalPolicy]], known: KnownEntries) -> None:
        self._listed: dict[str, RenewalPolicy | None] = dict(listed)
        self._known = known

    def __getitem__(self, policy_id: str) -> RenewalPolicy:
        if policy_id not in self._listed:
            self._listed[policy_id] = self._read(policy_id)
        policy = self._listed[policy_id]
        if policy is None:
            raise KeyError(policy_id)
        return policy

    def __iter__(self) -> Iterator[str]:
        return iter([policy_id for policy_id, policy in self._listed.items() if policy is not None])

    def __len__(self) -> int:
        return sum(policy is not None for policy in self._listed.values())

    def _read(self, policy_id: str) -> RenewalPolicy | None:
        place = Kind.RENEWAL_POLICY, policy_id
        try:
            entry: Entry[RenewalPolicy] | None = self._known.find_many([place]).get(place)
        except Unavailable:
            return None
        return entry.content if entry else None


class CachedRenewalPolicies:
    """Like `CachedCatalog`, and of its answers. Thread-safe."""

    def __init__(
        self, database: Database, now: Callable[[], datetime], kept: timedelta = timedelta(seconds=60)
    ) -> None:
        self._database = database
        built_in = {DEFAULT_RENEWAL_PLACE: BUILT_IN_RENEWAL_POLICY}
        self._known = KnownEntries(self._get_many, built_in.get, now, kept)

    def renewal_policy(self, policy_id: str) -> RenewalPolicy:
        return policy_among(self._known, policy_id)

    def _get_many(self, places: Sequence[Place]) -> dict[Place, AnyEntry]:
        keys = [(kind.value, entry_id) for kind, entry_id in places]
        items = self._database.batch_get(CatalogItem, keys, consistent=True)
        entries = [entry_or_none(item, _content_of) for item in items]
        return {(entry.kind, entry.id): entry for entry in entries if entry is not None}


def _content_of(kind: Kind, text: str) -> Any:
    return content_from(RenewalPolicy, json.loads(text), RENEWAL_POLICY_DECODERS)
