"""Reads whose new certificates are: by patterns of names, predecessors, and records with the same names."""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

from certctl.domain.certificates.certificates import Certificate
from certctl.domain.inventory.belonging import Belonging
from certctl.domain.inventory.inheritance import inherited
from certctl.domain.inventory.observed import ObservedCertificate, ParsedCertificate
from certctl.domain.policies.name_ownership import NameOwnership
from certctl.store.certificates.certificates import CertificateStore
from certctl.store.inventory.known_versions import KnownVersions
from certctl.store.inventory.observed import ObservedStore
from certctl.store.paging import in_parallel, load

_MOST_OF_NAMES = 10
_AT_ONCE = 8


@dataclass(frozen=True)
class Belongings:
    """Two queries for each set of names; their records are read in batches. `names` are what teams list."""

    observed: ObservedStore
    versions: KnownVersions
    certificates: CertificateStore
    names: Callable[[], NameOwnership]

    def of_records(self, certificate_ids: Iterable[str]) -> dict[str, Belonging]:
        """Whose managed certificates are, by id."""
        found = load(list(certificate_ids), self.certificates.get_many)
        return {each.id: Belonging(each.team_id, each.owner_id, each.tags) for each in found}

    def of_others(self, parsed: Sequence[ParsedCertificate], reporter: str) -> dict[str, Belonging]:
        """Whose certificates without a record are, by fingerprint; `reporter` is the team of their scope.
        Raises Unavailable."""
        if not parsed:
            return {}
        names, before, records = in_parallel(
            self.names, partial(self._predecessors, parsed), partial(self._records, parsed)
        )
        return {
            each.fingerprint: inherited(
                reporter,
                _team_by_names(names, each),
                before.get(each.names_digest, ()),
                [record for record in records if set(record.search_names) == set(each.names)],
            )
            for each in parsed
        }

    def _predecessors(self, parsed: Sequence[ParsedCertificate]) -> dict[str, list[ObservedCertificate]]:
        """The last to expire of the leaves with these names, by the digest of the names."""
        digests = list(dict.fromkeys(each.names_digest for each in parsed if each.names))
        with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="belongings") as pool:
            listed = list(pool.map(lambda digest: self.observed.with_names(digest, _MOST_OF_NAMES), digests))
        rows = load([each for some in listed for each in some], self.observed.get_many)
        found: dict[str, list[ObservedCertificate]] = {}
        for each in rows:
            if not each.facts.is_ca:
                found.setdefault(each.names_digest, []).append(each)
        return found

    def _records(self, parsed: Sequence[ParsedCertificate]) -> list[Certificate]:
        """Records with the first name of any of the certificates, newest first."""
        firsts = list(dict.fromkeys(each.names[0] for each in parsed if each.names))
        ids = dict.fromkeys(each for some in self.versions.by_name(firsts).values() for each in some)
        found = load(list(ids), self.certificates.get_many)
        return sorted(found, key=lambda each: each.created_at, reverse=True)


def _team_by_names(names: NameOwnership, parsed: ParsedCertificate) -> str | None:
    try:
        return names.only_team_of(parsed.sans)
    except ValueError:  # a name that no program reads
        return None
