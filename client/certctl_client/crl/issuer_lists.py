"""The CRLs of every CA of an issuer that may have unexpired leaves: several after a rotation."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509

from certctl_client.crl.checks import faults_of, issuer_of
from certctl_client.crl.documents import Crl, Entry, load_certificates, load_crl
from certctl_client.crl.public import AuthorityLists, PublicObjects
from certctl_client.errors import CommandError


@dataclass(frozen=True)
class CheckedList:
    """A CRL and its `faults`: without any, it may be relied on. `place` is its URL."""

    place: str
    crl: Crl
    authority: x509.Certificate
    faults: list[str]


@dataclass(frozen=True)
class IssuerLists:
    """The lists, that of the active CA first. `status` is the serial's status as the server reports it,
    unsigned; None if nobody asked, or the server is of an earlier release."""

    lists: Sequence[CheckedList]
    entry: Entry | None = None
    status: str | None = None

    @property
    def faults(self) -> list[str]:
        """Faults of all lists; with several lists, each with the list's URL."""
        if len(self.lists) == 1:
            return self.lists[0].faults
        return [f"{each.place}: {fault}" for each in self.lists for fault in each.faults]

    @property
    def shown(self) -> CheckedList:
        """The list that has the serial, else that of the active CA."""
        serial = self.entry.serial_number if self.entry else None
        return next((each for each in self.lists if serial and each.crl.entry(serial)), self.lists[0])

    @property
    def was_issued(self) -> bool:
        """Whether the serial was issued; True also if unknown, as servers of earlier releases do not report
        it."""
        return self.entry is not None or self.status != "unknown"


def read_lists(
    public: PublicObjects,
    issuer_id: str,
    serial: str | None,
    trusted: Sequence[x509.Certificate] | None,
    now: datetime,
) -> IssuerLists:
    """Reads all lists, or with `trusted` CA certificates only theirs. Raises CommandError, Unreachable."""
    known = public.lists(issuer_id)
    read = [each for lists in known for each in _checked(public, lists, trusted, now)]
    if not read:
        raise CommandError("No CA certificate given is that of a CA of this issuer.", "Give it with --ca.")
    if serial is None:
        return IssuerLists(read)
    entries = [entry for each in read if (entry := each.crl.entry(serial))]
    return IssuerLists(read, entries[0] if entries else None, public.status(issuer_id, serial))


def _checked(
    public: PublicObjects,
    lists: AuthorityLists,
    trusted: Sequence[x509.Certificate] | None,
    now: datetime,
) -> list[CheckedList]:
    candidates = trusted or load_certificates(public.fetch(lists.certificate_url)[1])
    checked = []
    for url in lists.crl_urls:
        place, data = public.fetch(url)
        crl = load_crl(data)
        if trusted and all(ca.subject != crl.document.issuer for ca in trusted):
            continue
        authority = issuer_of(crl, candidates)
        checked.append(CheckedList(place, crl, authority, faults_of(crl, authority, now)))
    return checked
