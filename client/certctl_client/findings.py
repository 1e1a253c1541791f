"""What is wrong with the certificate of a TLS server, or with those in a file."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa

from certctl_client.errors import CommandError, ConfigurationError
from certctl_client.files import read_bounded
from certctl_client.inspection import certificates_in, chain_faults, described
from certctl_client.plain_text import counted
from certctl_client.session import ca_cert
from certctl_client.tls import Address, presented

_FILE_LIMIT = 4 * 1024 * 1024
_HTTPS_PORT = 443
_LEAST_RSA_BITS = 2048
_OLD_PROTOCOLS = ("SSLv3", "TLSv1", "TLSv1.1")
_OLD_HASHES = ("md5", "sha1")


@dataclass(frozen=True)
class Findings:
    """`verdict`: good, ends soon, or faulty."""

    verdict: str
    record: Mapping[str, Any]


def findings_of(what: str, name: str | None, days: int) -> Findings:
    """Reads a file if there is one with this path, else asks the server. Raises CommandError."""
    if "/" in what.removeprefix("https://") or Path(what).is_file():
        return _of_file(Path(what), name, days)
    return _of_server(address_of(what, name), days)


def address_of(text: str, name: str | None) -> Address:
    """Parses `www.example.com`, `www.example.com:8443`, `[2001:db8::1]:443`. Raises ConfigurationError."""
    plain = text.removeprefix("https://").rstrip("/")
    host, colon, port = plain.rpartition(":")
    if not colon or plain.endswith("]"):
        host, port = plain, str(_HTTPS_PORT)
    if not host or not port.isdecimal() or not 0 < int(port) < 65_536:
        raise ConfigurationError(f"{text!r} is neither a file nor HOST:PORT.", "Give www.example.com:443.")
    bare = host.strip("[]")
    return Address(bare, int(port), name or bare)


def _of_file(file: Path, name: str | None, days: int) -> Findings:
    found = certificates_in(read_bounded(file, _FILE_LIMIT), _no_password)
    problems = [*_faults_of(found, datetime.now(UTC))]
    if name and not is_for(found[0], name):
        problems.append(f"it is not for {name}")
    return _found({"source": str(file)}, found, problems, days)


def _of_server(address: Address, days: int) -> Findings:
    sent = presented(address, ca_cert())
    problems = [f"a client refuses it: {sent.refusal}"] if sent.refusal else []
    problems += _faults_of(sent.chain, datetime.now(UTC))
    if sent.protocol in _OLD_PROTOCOLS:
        problems.append(f"the server speaks {sent.protocol}, which is deprecated (RFC 8996)")
    facts = {"source": str(address), "name": address.name, "protocol": sent.protocol, "cipher": sent.cipher}
    return _found(facts, sent.chain, problems, days)


def _found(
    facts: Mapping[str, Any], chain: Sequence[x509.Certificate], problems: Sequence[str], days: int
) -> Findings:
    now = datetime.now(UTC)
    left = (chain[0].not_valid_after_utc - now).days
    verdict = "faulty" if problems else "ends soon" if left < days else "good"
    views = [described(each, now) for each in chain]
    head = {"verdict": verdict, "problems": [*problems], **facts}
    leaf = {key: views[0][key] for key in ("names", "not_after")}
    return Findings(verdict, {**head, **leaf, "days_left": left, "certificates": views})


def _faults_of(chain: Sequence[x509.Certificate], now: datetime) -> Iterator[str]:
    """What is wrong with the certificates themselves."""
    for number, each in enumerate(chain, start=1):
        if now > each.not_valid_after_utc:
            yield f"certificate {number} expired {counted((now - each.not_valid_after_utc).days, 'day')} ago"
        if now < each.not_valid_before_utc:
            yield f"certificate {number} is not valid yet"
        yield from _weak(number, each)
    yield from chain_faults(chain)


def _weak(number: int, certificate: x509.Certificate) -> Iterator[str]:
    key = certificate.public_key()
    if isinstance(key, rsa.RSAPublicKey) and key.key_size < _LEAST_RSA_BITS:
        yield f"the RSA key of certificate {number} has {key.key_size} bits"
    is_root = certificate.issuer == certificate.subject  # nobody verifies its signature
    algorithm = certificate.signature_hash_algorithm
    if algorithm and algorithm.name in _OLD_HASHES and not is_root:
        yield f"certificate {number} is signed with {algorithm.name}"


def is_for(certificate: x509.Certificate, name: str) -> bool:
    """Whether a DNS name or address of the certificate is this one; `*` is one label (RFC 9525)."""
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return False
    wanted = name.lower().rstrip(".")
    above = wanted.partition(".")[2]
    dns = {each.lower() for each in names.get_values_for_type(x509.DNSName)}
    addresses = {str(each) for each in names.get_values_for_type(x509.IPAddress)}
    return wanted in dns | addresses or (bool(above) and f"*.{above}" in dns)


def _no_password() -> bytes:
    raise CommandError("The PKCS #12 file needs a password.", "See `certctl certs inspect --password-file`.")
