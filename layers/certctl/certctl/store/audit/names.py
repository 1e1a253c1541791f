"""Names of the records that audit events refer to: one parallel step, whatever they are."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from certctl.domain.audit.names import PastCaller, Reference
from certctl.domain.audit.redaction import without_keys
from certctl.domain.audit.sentences import reason_words
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.revocation.campaigns import Campaign
from certctl.store.certificates.items import CertificateItem
from certctl.store.database import Database
from certctl.store.jobs.items import JobItem
from certctl.store.keys import API_KEY, CERTIFICATE
from certctl.store.notifications.items import ContactItem, NotificationItem
from certctl.store.paging import in_parallel, load
from certctl.store.revocation.campaigns import CampaignStore

_CATALOG: Mapping[str, str] = {"api_key": API_KEY} | {kind.label: kind.value for kind in Kind}
_LONGEST_ID = 256
"""The ids of records are shorter, and a key of a row has a bound."""
Named = tuple[Reference, str]


@dataclass(frozen=True)
class RecordNames:
    """The names of today: an event never changes, and a record may have been renamed since."""

    database: Database

    def of(self, references: Collection[Reference]) -> dict[Reference, str]:
        """The names of those that exist, and are not being deleted. Rows of at most 100 references of a type
        in one round trip, all concurrently."""
        references = [each for each in references if 0 < len(each.id) <= _LONGEST_ID]
        catalog = [each for each in references if each.type in _CATALOG]
        calls = [partial(load, catalog, self._in_catalog)] if catalog else []
        for kind, read in self._readers.items():
            ids = [each.id for each in references if each.type == kind]
            calls += [partial(load, ids, read)] if ids else []
        return dict(named for part in in_parallel(*calls) for named in part)

    def of_callers(self, callers: Collection[PastCaller]) -> dict[PastCaller, str]:
        """The names of the users and service accounts, else of the keys, without credentials, which somebody
        may have given as a name. Functions of the stack, and those whose records are gone, have none."""
        found = self.of({reference for caller in callers for reference in caller.references})
        names = ((caller, [found[each] for each in caller.references if each in found]) for caller in callers)
        return {caller: without_keys(known[0]) for caller, known in names if known}

    @property
    def _readers(self) -> Mapping[str, Callable[[Sequence[str]], list[Named]]]:
        return {
            "certificate": self._certificates,
            "job": self._jobs,
            "notification": self._notifications,
            "campaign": self._campaigns,
        }

    def _in_catalog(self, references: Sequence[Reference]) -> list[Named]:
        labels = {kind: label for label, kind in _CATALOG.items()}
        rows = self.database.batch_get(ContactItem, [(_CATALOG[each.type], each.id) for each in references])
        kept = (row for row in rows if row.deleting_since is None)
        return [(Reference(labels[row.kind], row.id), row.name) for row in kept if row.name]

    def _certificates(self, ids: Sequence[str]) -> list[Named]:
        rows = self.database.batch_get(CertificateItem, [(each, CERTIFICATE) for each in ids])
        return [(Reference("certificate", row.certificate_id), row.name) for row in rows]

    def _jobs(self, ids: Sequence[str]) -> list[Named]:
        rows = self.database.batch_get(JobItem, ids)
        return [
            (Reference("job", row.job_id), f"the {_spaced(row.type)} of {row.certificate_name}")
            for row in rows
            if row.certificate_name
        ]

    def _notifications(self, ids: Sequence[str]) -> list[Named]:
        rows = self.database.batch_get(NotificationItem, ids)
        return [(Reference("notification", row.notification_id), _alert(row)) for row in rows]

    def _campaigns(self, ids: Sequence[str]) -> list[Named]:
        found = CampaignStore(self.database).get_many(ids)
        return [(Reference("campaign", each.id), _campaign(each)) for each in found]


def _alert(row: NotificationItem) -> str:
    return f"the {_spaced(row.type)} alert to {row.channel_id}"


def _campaign(campaign: Campaign) -> str:
    return f"the {reason_words(campaign.reason)} campaign"


def _spaced(name: str) -> str:
    """`RenewalFailure` is "renewal failure"."""
    return "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name).strip()
