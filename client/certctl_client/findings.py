"""What is wrong with the certificate of a TLS server, or with those in a file."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography import x509

from certctl_client.errors import CommandError, Unreachable
from certctl_client.files import read_bounded
from certctl_client.inspection import certificates_in, chain_faults, described, is_ca, is_signed_by
from certctl_client.judging.certificates import is_for, validity_faults, weak_faults
from certctl_client.judging.endpoints import order_of
from certctl_client.judging.kinds import Kind
from certctl_client.judging.probing import BRIEFLY, Question, judge_each
from certctl_client.judging.verdicts import Judged
from certctl_client.probing.probes import Offer
from certctl_client.session import ca_cert

_FILE_LIMIT = 4 * 1024 * 1024


@dataclass(frozen=True)
class Findings:
    """`verdict`: good, ends soon, faulty, or not judged: nothing is wrong, and who trusts it is not known."""

    verdict: str
    record: Mapping[str, Any]


def findings_of(what: str, name: str | None, days: int) -> Findings:
    """Reads a file if there is one with this path, else asks the server. Raises CommandError."""
    if "/" in what.removeprefix("https://") or Path(what).is_file():
        return _of_file(Path(what), name, days)
    return _of_server(what, name, days)


def _of_file(file: Path, name: str | None, days: int) -> Findings:
    found = certificates_in(read_bounded(file, _FILE_LIMIT), _no_password)
    problems = [*_faults_of(found, datetime.now(UTC))]
    if name and not is_for(found[0], name):
        problems.append(f"it is not for {name}")
    left = (found[0].not_valid_after_utc - datetime.now(UTC)).days
    problems = problems or [*_untrusted(found)]
    return _found({"source": str(file)}, found, problems, _verdict(problems, left, days))


def _verdict(problems: Sequence[str], left: int, days: int) -> str:
    if problems:
        return "faulty"
    if left < days:
        return "ends soon"
    return "good" if ca_cert() else "not judged"


def _untrusted(chain: Sequence[x509.Certificate]) -> Iterator[str]:
    """Why no client trusts it: it is no CA and self-signed, or does not lead to a CA of --ca-cert."""
    file = ca_cert()
    if file and _leads_to(chain[-1], certificates_in(read_bounded(Path(file), _FILE_LIMIT), _no_password)):
        return
    if is_signed_by(chain[0], chain[0]) and not is_ca(chain[0]):
        yield "it is self-signed: a client trusts it only if it is given this certificate"
    elif file:
        yield f"its chain leads to no CA of {file}"


def _leads_to(last: x509.Certificate, cas: Sequence[x509.Certificate]) -> bool:
    return any(last == ca or is_signed_by(last, ca) for ca in cas)


def _of_server(what: str, name: str | None, days: int) -> Findings:
    order = order_of(what, BRIEFLY, name)
    asked = name or order.host
    judged = _judged(Question(order, asked, days))
    seen = [each for each in judged.probe.addresses if (each.of(Offer.DEFAULT) or each.handshakes[0]).chain]
    if not seen:
        reason = judged.findings[0].message if judged.findings else "no address"
        raise Unreachable(f"{order} cannot be reached: {reason}.", "Is it a TLS server? Give HOST:PORT.")
    first = seen[0].handshakes[0]
    problems = [each.message for each in judged.findings if each.kind is not Kind.ENDS_SOON]
    facts = {"source": str(order), "name": asked, "protocol": first.version, "cipher": first.cipher}
    return _found(facts, judged.chain, problems, judged.verdict)


def _judged(question: Question) -> Judged:
    found: list[Judged] = []
    cas = [Path(file)] if (file := ca_cert()) else []
    judge_each([question], cas, lambda _, judged: found.append(judged))
    return found[0]


def _found(
    facts: Mapping[str, Any], chain: Sequence[x509.Certificate], problems: Sequence[str], verdict: str
) -> Findings:
    now = datetime.now(UTC)
    if not chain:
        raise CommandError(f"The certificate of {facts['source']} cannot be read.")
    left = (chain[0].not_valid_after_utc - now).days
    views = [described(each, now) for each in chain]
    head = {"verdict": verdict, "problems": [*problems], **facts}
    leaf = {key: views[0][key] for key in ("names", "not_after")}
    return Findings(verdict, {**head, **leaf, "days_left": left, "certificates": views})


def _faults_of(chain: Sequence[x509.Certificate], now: datetime) -> Iterator[str]:
    """What is wrong with the certificates themselves."""
    for number, each in enumerate(chain, start=1):
        yield from (text for _, text in validity_faults(number, each, now))
    yield from (text for _, text in weak_faults(chain))
    yield from chain_faults(chain)


def _no_password() -> bytes:
    raise CommandError("The PKCS #12 file needs a password.", "See `certctl certs inspect --password-file`.")
