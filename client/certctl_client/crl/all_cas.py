"""Every CRL of every CA that is not retired, as the API lists them, checked as relying parties read them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509

from certctl_client.api.schema import AuthorityDetailsView, PublishedCrlView
from certctl_client.crl.checks import faults_of
from certctl_client.crl.documents import Crl, load_certificates, load_crl
from certctl_client.crl.public import PublicObjects
from certctl_client.errors import CommandError


@dataclass(frozen=True)
class CheckedCrl:
    """A CRL of a CA with its `faults`. `crl` is None if it could not be read."""

    ca_id: str
    shard: str
    url: str
    crl: Crl | None
    faults: list[str]


def checked_crls(
    public: PublicObjects, authority: AuthorityDetailsView, now: datetime
) -> Iterator[CheckedCrl]:
    """Reads and checks the published CRLs of a CA, one at a time."""
    (ca,) = load_certificates(authority["certificate_pem"].encode())
    for listed in authority["crls"]:
        if listed["crl_number"]:
            yield _checked(public, authority, listed, ca, now)


def _checked(
    public: PublicObjects,
    authority: AuthorityDetailsView,
    listed: PublishedCrlView,
    ca: x509.Certificate,
    now: datetime,
) -> CheckedCrl:
    place = (authority["ca_id"], listed["shard"], listed["url"])
    try:
        crl = load_crl(public.fetch(listed["url"])[1])
    except CommandError as error:
        return CheckedCrl(*place, None, [str(error)])
    faults = faults_of(crl, ca, now)
    if crl.document.issuer != ca.subject:
        faults.append("it names another issuer")
    return CheckedCrl(*place, crl, [*faults, *_against_record(crl, authority, listed)])


def _against_record(crl: Crl, authority: AuthorityDetailsView, listed: PublishedCrlView) -> Iterator[str]:
    """Faults against the API's record: the scope is the URL that certificates name, none for a complete
    CRL."""
    if list(crl.scope_urls) != ([] if _is_complete(authority, listed) else [listed["url"]]):
        yield "its scope is another URL"
    if crl.number is None or crl.number < listed["crl_number"]:
        yield f"it is number {crl.number}, but {listed['crl_number']} was published"


def _is_complete(authority: AuthorityDetailsView, listed: PublishedCrlView) -> bool:
    """Whether the CRL is complete. Servers of earlier releases do not report it: the root's and `all` are."""
    return listed.get("complete", authority["role"] == "root" or listed["shard"] == "all")
