"""Bundles for servers that verify clients: the CA certificates of issuers, and the CRL of each CA up to the
root. NGINX and HAProxy refuse every client while one of them is missing."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from certctl_client.crl.checks import distribution_urls, faults_of, is_issued_by, is_signed_by
from certctl_client.crl.documents import Crl, fingerprint, load_certificates, load_crl
from certctl_client.crl.public import AuthorityLists, PublicObjects
from certctl_client.errors import CommandError
from certctl_client.exit_codes import ExitCode
from certctl_client.plain_text import one_line

_BEGIN, _END = b"-----BEGIN X509 CRL-----", b"-----END X509 CRL-----"


@dataclass(frozen=True)
class CrlSource:
    """A CA that signs a CRL, and the URLs of that CRL: any of them will do. Without URLs nobody says where it
    is."""

    ca: x509.Certificate
    urls: tuple[str, ...]

    @property
    def name(self) -> str:
        return one_line(self.ca.subject.rfc4514_string(), 200)


@dataclass(frozen=True)
class Bundle:
    """`missing` are the sources whose CRL nobody names: it has to be appended by hand."""

    authorities: tuple[x509.Certificate, ...]
    crls: tuple[Crl, ...]
    missing: tuple[CrlSource, ...]

    @property
    def ca_pem(self) -> bytes:
        return b"".join(ca.public_bytes(Encoding.PEM) for ca in self.authorities)

    @property
    def crl_pem(self) -> bytes:
        return b"".join(crl.document.public_bytes(Encoding.PEM) for crl in self.crls)


def chain_of(lists: AuthorityLists) -> list[x509.Certificate]:
    """The CA and those above it. Raises CommandError if they do not verify, or the server is of an earlier
    release, which does not send them."""
    if not lists.certificate_pem:
        raise CommandError("The server is of an earlier release: it does not send its CA certificates.")
    chain = load_certificates((lists.certificate_pem + lists.chain_pem).encode())
    if not all(is_issued_by(below, above) for below, above in pairwise(chain)):
        raise CommandError("The chain of CA certificates that the server sent does not verify.")
    return chain


def sources_of(lists: AuthorityLists) -> Iterator[CrlSource]:
    """The CRLs that a server needs for leaves of this CA: the CA's own, then those of the CAs above it, which
    the CDP of each certificate names. Raises CommandError as `chain_of`."""
    chain = chain_of(lists)
    yield from (CrlSource(chain[0], (url,)) for url in lists.crl_urls)
    for below, above in pairwise(chain):
        urls = [url for url in distribution_urls(below) if urlsplit(url).scheme in ("http", "https")]
        yield CrlSource(above, tuple(urls))


def all_sources(known: Sequence[AuthorityLists]) -> list[CrlSource]:
    """The sources of several CAs, each once. Raises CommandError as `chain_of`."""
    found = [source for lists in known for source in sources_of(lists)]
    return list({(fingerprint(source.ca), source.urls): source for source in found}.values())


def fetched(public: PublicObjects, source: CrlSource, now: datetime) -> Crl:
    """The CRL from the first URL that has a reliable one. Raises CommandError: NOT_INTACT if what is there
    may not be relied on, UNREACHABLE if nothing can be read."""
    failed: CommandError | None = None
    for url in source.urls:
        try:
            return _checked(load_crl(public.fetch(url)[1]), source, url, now)
        except CommandError as error:
            failed = error
    raise failed or CommandError(f"No certificate names the CRL of {source.name}.")


def newest(source: CrlSource, found: Crl | None, held: Sequence[Crl]) -> Crl | None:
    """The newest of the CRL that was fetched and of those that are installed, by number, then by thisUpdate:
    no CRL is replaced by an older one. Installed ones that this CA has not signed are left out."""
    installed = [crl for crl in held if _is_of(crl, source)]
    return max([*installed, *([found] if found else [])], key=_age, default=None)


def bundle_of(known: Sequence[AuthorityLists], found: Sequence[tuple[CrlSource, Crl | None]]) -> Bundle:
    """`found` are the sources with their CRLs; None for one without a URL."""
    chains = [ca for lists in known for ca in chain_of(lists)]
    authorities = {fingerprint(ca): ca for ca in chains}
    crls = tuple(crl for _, crl in found if crl)
    return Bundle(tuple(authorities.values()), crls, tuple(source for source, crl in found if crl is None))


def crls_in(content: bytes) -> list[Crl]:
    """The CRLs of a PEM file. What cannot be read is left out: it is about to be replaced."""
    found = []
    for block in content.split(_BEGIN)[1:]:
        with suppress(CommandError):
            found.append(load_crl(_BEGIN + block.partition(_END)[0] + _END + b"\n"))
    return found


def _checked(crl: Crl, source: CrlSource, url: str, now: datetime) -> Crl:
    faults = faults_of(crl, source.ca, now)
    if crl.document.issuer != source.ca.subject:
        faults.append("it names another issuer")
    if crl.scope_urls and url not in crl.scope_urls:
        faults.append("its scope is another URL")
    if crl.number is None:
        faults.append("it has no number")
    if faults:
        reason = "; ".join(faults)
        raise CommandError(
            f"The CRL at {one_line(url)} may not be relied on: {reason}.", code=ExitCode.NOT_INTACT
        )
    return crl


def _is_of(crl: Crl, source: CrlSource) -> bool:
    is_in_scope = not (crl.scope_urls and source.urls) or bool(set(crl.scope_urls) & set(source.urls))
    return is_in_scope and crl.document.issuer == source.ca.subject and is_signed_by(crl, source.ca)


def _age(crl: Crl) -> tuple[int, datetime]:
    return (-1 if crl.number is None else crl.number, crl.this_update)
