"""What strangers can send, each to the code that reads it first.

A target takes any bytes. That its parser refuses them by a declared error is well. Anything else that is
raised, an answer over 256 KiB and a second of CPU are findings, which it raises.
"""

import base64
import json
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any, cast

from cryptography import x509

from certctl.api import list_positions
from certctl.api.agents.schemas import AgentReportBody
from certctl.api.audit import schemas as audit_schemas
from certctl.api.edge import Edge
from certctl.api.pagination import decode_cursor, encode_cursor
from certctl.api.problems import OPEN_ERRORS, problem_of
from certctl.api.request import parse_json
from certctl.api.resolver import ANYONE, Api, ApiServices
from certctl.crypto.acme import jws
from certctl.crypto.acme.alpn_certificates import reason_against
from certctl.crypto.acme.bindings import parse_binding
from certctl.crypto.acme.cert_ids import parse_cert_id
from certctl.crypto.acme.key_changes import new_key_in
from certctl.crypto.acme.keys import checked_jwk
from certctl.crypto.acme.nonces import check_nonce, new_nonce
from certctl.crypto.issuing.csr import parse_csr
from certctl.crypto.issuing.profile_checks import profile_problems
from certctl.crypto.issuing.subject_checks import ignored_subject, subject_attributes
from certctl.crypto.names import names_of, parse_common_name, parse_san
from certctl.crypto.serials import parse_serial
from certctl.crypto.status.ocsp_requests import MalformedOcspRequest, parse_ocsp_request
from certctl.domain.acme.caa import CaaRecord, is_allowed
from certctl.domain.acme.challenges import Proof
from certctl.domain.acme.eab_keys import ChallengeType
from certctl.domain.acme.problems import AcmeProblem
from certctl.domain.agents.agents import hostname_matches, is_hostname_pattern
from certctl.domain.audit.redaction import without_keys
from certctl.domain.base64url import to_base64url
from certctl.domain.certificates.certificates import Certificate
from certctl.domain.errors import DomainError, Unauthenticated
from certctl.domain.policies.name_ownership import NameOwnership, parse_allowed_name
from certctl.domain.policies.name_patterns import parse_pattern
from certctl.domain.policies.policy_types import PolicyType
from certctl.domain.policies.profiles import BUILT_IN_PROFILES, Profile
from certctl.domain.policies.rules import PolicyFacts, evaluate
from certctl.domain.policies.subjects import SubjectRule, given_problems, rule_problems, subject_of
from certctl.domain.renewal.policies import RenewalPolicy
from certctl.services.agents.registration import AgentRegistration
from certctl.services.identity.authentication import Authentication
from tests.support.api.http import event
from tests.support.catalog.entries import a_policy
from tests.support.functions.lambda_context import Context

LARGEST_ANSWER = 256 * 1024
LONGEST_SECONDS = 1.0
NOW = datetime(2026, 11, 24, 13, tzinfo=UTC)

Target = Callable[[bytes], object]


class TooLarge(AssertionError):
    """An answer that nobody without a key may be given."""


class TooSlow(AssertionError):
    """An input that costs more than any honest one."""


class Broken(AssertionError):
    """A 500, or a value that does not keep its promise."""


def timed(target: Target, data: bytes) -> None:
    """Raises whatever the target finds."""
    began = time.process_time()
    target(data)
    if time.process_time() - began > LONGEST_SECONDS:
        raise TooSlow(f"{time.process_time() - began:.1f} s of CPU")


def csr_pem(data: bytes) -> None:
    _refused_or(lambda: _held_to_a_profile(_text(data)))


def csr_der(data: bytes) -> None:
    """Wraps the data as PEM, so that what is tried are requests and not their wrapping."""
    body = base64.encodebytes(data).decode()
    pem = f"-----BEGIN CERTIFICATE REQUEST-----\n{body}-----END CERTIFICATE REQUEST-----\n"
    _refused_or(lambda: _held_to_a_profile(pem))


def _held_to_a_profile(pem: str) -> None:
    """What is said of a stranger's subject is plain text."""
    csr = parse_csr(pem)
    problems = profile_problems(_ORGANISED, csr.names, {"OU": "Web"}, csr)
    said = [*(problem.message for problem in problems), *ignored_subject(_ORGANISED, csr)]
    if not all(text.isascii() and text.isprintable() for text in said):
        raise Broken(f"unseen characters in {said!a}")


def subjects(data: bytes) -> None:
    """An attribute, a pattern that an administrator gave, and a value: what is taken is encoded as it is."""
    attribute, _, rest = _text(data).partition("\n")
    pattern, _, value = rest.partition("\n")
    rules = {attribute: SubjectRule(allowed=pattern)}
    if list(rule_problems(rules)) or list(given_problems(rules, {attribute: value})):
        return
    (encoded,) = x509.Name(subject_attributes(subject_of(rules, {attribute: value})))
    is_group = attribute in {"O", "OU"} and value.casefold().startswith("system:")
    if encoded.value != value or not value.isprintable() or is_group:
        raise Broken(f"{value!a} is a value of {attribute}")


def names(data: bytes) -> None:
    """A normalised name is normal: parsed again it is the same."""
    text = _text(data)
    _refused_or(lambda: parse_common_name(text))
    _refused_or(lambda: names_of("www.example.com", text.split("\n")))
    with suppress(DomainError):
        san = parse_san(text)
        if parse_san(str(san)) != san:
            raise Broken(f"{san} is another name when it is parsed again")


def policies(data: bytes) -> None:
    """Names that were taken, against patterns of names and domains that administrators gave."""
    wanted, _, pattern = _text(data).partition("\n")
    with suppress(DomainError):
        san = str(parse_san(wanted))
        certificate = replace(_CERTIFICATE, sans=(san,))
        facts = PolicyFacts(certificate, BUILT_IN_PROFILES["server"], RenewalPolicy())
        evaluate([a_policy("pol-1", PolicyType.ALLOWED_DOMAINS, NOW, domains=[pattern])], facts)
        with suppress(ValueError):  # what a pattern that is none raises
            parse_pattern(pattern).matches(san)
            NameOwnership({"t-1": [parse_allowed_name(pattern)]}).refusals("t-2", ["*:*"], [san])
    with suppress(ValueError):
        parse_pattern(wanted)


def host_patterns(data: bytes) -> None:
    pattern, _, host = _text(data).partition("\n")
    if is_hostname_pattern(pattern):
        hostname_matches(pattern, host[:253])


def cursors(data: bytes) -> None:
    """Tries cursors; data that begins no base64 is tried as what it stands for, too."""
    text = _text(data)
    for cursor in (text, base64.urlsafe_b64encode(data).rstrip(b"=").decode()):
        for read in (list_positions.position_of, audit_schemas.position_of, audit_schemas.place_of):
            _refused_or(partial(read, cursor))
        with suppress(DomainError):
            position = decode_cursor(cursor, "after")
            if decode_cursor(encode_cursor(position), "after") != position:
                raise Broken("a cursor is another one when it is read again")


def credentials(data: bytes) -> None:
    """An Authorization header, read as an API key and as a bootstrap token: nobody has either."""
    header = _text(data)
    for check in (
        _AUTHENTICATION.authenticate_uncached,
        _AUTHENTICATION.authenticate,
        _REGISTRATION.check_token,
    ):
        try:
            check(header)
        except Unauthenticated:
            continue
        raise Broken("a credential of nobody was taken")
    without_keys(header)


def serials(data: bytes) -> None:
    with suppress(DomainError):
        serial = parse_serial(_text(data))
        if parse_serial(serial) != serial:
            raise Broken("a serial is another one when it is parsed again")


def ocsp_requests(data: bytes) -> None:
    """What is echoed in a response came with the request."""
    with suppress(MalformedOcspRequest):
        request = parse_ocsp_request(data)
        echoed = [each.der for each in request.certificates] + [request.nonce or b""]
        if not all(part in data for part in echoed):
            raise Broken("a response would have more than its request")


def json_bodies(data: bytes) -> None:
    _refused_or(lambda: parse_json(_text(data)))


def register(data: bytes) -> None:
    """The body of a registration, through the whole edge, as the holder of a token."""
    _answered(event("POST", "/api/v1/agent/register", body=data))


def open_requests(data: bytes) -> None:
    """Path, query, headers and body of a request to what anyone may call."""
    path, query, headers, *body = [*data.split(b"\n", 3), b"", b"", b""][:4]
    sent = event("GET", "/.well-known/pki/crl/" + path.decode(errors="replace"), body=b"".join(body))
    text = query.decode(errors="replace")
    sent["rawQueryString"] = text
    sent["queryStringParameters"] = dict(_pairs(text, "&", "=")) or None
    sent["headers"] |= dict(_pairs(headers.decode(errors="replace"), ",", ":"))
    _answered(sent)


def acme_requests(data: bytes) -> None:
    """The body of a request of an ACME client; also a header and a payload, which nobody has signed."""
    _acme_request(data)
    header, _, payload = data.partition(b"\n")
    encoded = {"protected": to_base64url(header), "payload": to_base64url(payload), "signature": "AA"}
    with suppress(AcmeProblem):
        request = jws.parse(json.dumps(encoded).encode())
        if request.payload != payload:
            raise Broken("a payload is another one when it is parsed")
        jws.verify(request, request.header.jwk or _ACCOUNT_KEY)
        raise Broken("a request was accepted that nobody signed")


def acme_names(data: bytes) -> None:
    """Identifiers of certificates and nonces, which have one spelling each."""
    text = _text(data)
    with suppress(AcmeProblem):
        if str(parse_cert_id(text)) != text:
            raise Broken("an identifier of a certificate has two spellings")
    with suppress(AcmeProblem):
        check_nonce(_NONCE_KEY, text, NOW)
        if text != new_nonce(_NONCE_KEY, NOW, bytes):
            raise Broken("a nonce was accepted that nobody made")


def acme_proofs(data: bytes) -> None:
    """A certificate for tls-alpn-01, and the value of a CAA record."""
    reason_against(data, _PROOF)
    is_allowed([CaaRecord(0, "issue", data.decode("latin-1"))], _PROOF, ["ca.example"])


TARGETS: Mapping[str, Target] = {
    target.__name__: target
    for target in (
        csr_pem,
        csr_der,
        subjects,
        names,
        policies,
        host_patterns,
        cursors,
        credentials,
        serials,
        ocsp_requests,
        json_bodies,
        register,
        open_requests,
        acme_requests,
        acme_names,
        acme_proofs,
    )
}


_ORGANISED = Profile(
    ("clientAuth",), subject={"O": SubjectRule(fixed="Example"), "OU": SubjectRule(allowed="*")}
)
_NONCE_KEY = bytes(32)
_PROOF = Proof(ChallengeType.TLS_ALPN_01, "www.example.com", "token", "thumbprint")
_ACCOUNT_KEY = {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}


class _Nobody:
    """Stores and a trail in which there is nothing."""

    def find(self, _: object) -> None:
        return None

    def record(self, _: object) -> None:
        return None


_NOBODY = cast(Any, _Nobody())
_AUTHENTICATION = Authentication(_NOBODY, _NOBODY, lambda: NOW)


class _Stores:
    records = tokens = keys = subjects = states = _NOBODY


_REGISTRATION = AgentRegistration(cast(Any, _Stores()), lambda: NOW)
_CERTIFICATE = Certificate(
    id="mc-1",
    name="www.example.com",
    common_name="www.example.com",
    sans=(),
    owner_id="o-default",
    team_id="t-web",
    issuer_id="iss-local",
    renewal_policy_id="rp-default",
    created_at=NOW,
    updated_at=NOW,
)
_api = Api(lambda: ApiServices(None, _NOBODY, _NOBODY, lambda: NOW), lambda: Edge((), is_only_way=False))


@_api.post("/api/v1/agent/register", ANYONE, status_code=201)
def _register(body: AgentReportBody) -> dict[str, str]:
    return {"hostname": body.parsed("").hostname}


@_api.get("/.well-known/pki/crl/<issuer_id>", ANYONE)
def _crl(issuer_id: str) -> dict[str, str]:
    return {"id": issuer_id}


def _acme_request(body: bytes) -> None:
    with suppress(AcmeProblem):
        request = jws.parse(body)
        key = request.header.jwk or _ACCOUNT_KEY
        if checked_jwk(dict(key)) != key:
            raise Broken("a key is another one when it is checked again")
        for read in (
            partial(jws.verify, request, key),
            partial(new_key_in, request, key),
            lambda: parse_binding(jws.payload_of(request), key, request.header.url),
        ):
            with suppress(AcmeProblem):
                read()


def _text(data: bytes) -> str:
    """With lone surrogates for what is no UTF-8, as JSON can spell them."""
    return data.decode(errors="surrogateescape")


def _refused_or(act: Callable[[], object]) -> None:
    try:
        act()
    except DomainError as error:
        _check_size(problem_of(error).bounded(OPEN_ERRORS).response("request-1").body or "")


def _answered(sent: dict[str, Any]) -> None:
    answer = _api.handle(sent, Context())
    if answer["statusCode"] >= 500:
        raise Broken(f"{answer['statusCode']}: {str(answer['body'])[:200]}")
    _check_size(str(answer["body"]) + str(answer["headers"]))


def _check_size(text: str) -> None:
    size = len(text.encode(errors="surrogatepass"))
    if size > LARGEST_ANSWER:
        raise TooLarge(f"{size} bytes")


def _pairs(text: str, between: str, within: str) -> list[tuple[str, str]]:
    parts = (part.partition(within) for part in text.split(between) if part)
    return [(name, value) for name, _, value in parts]
