"""Proofs that a test shows, and validators of its loopback servers."""

from hashlib import sha256

from certctl.connectors.acme.paths import Ports
from certctl.connectors.acme.validator import Validator
from certctl.connectors.address_guard import GuardPolicy
from certctl.domain.acme.challenges import Outcome, Proof, Refused
from certctl.domain.acme.eab_keys import ChallengeType
from certctl.domain.acme.name_servers import NameServer
from certctl.domain.acme.problems import ProblemType
from certctl.domain.base64url import to_base64url

TOKEN = "DGyRejmCefe7v4NfDGDKfAmFqXXdFpFsWgyCsr4Un3A"
THUMBPRINT = "9jg46WB3rR_AHD-EBXdN7cBkH1WOu0tA3M9fm21mqTI"
KEY_AUTHORIZATION = f"{TOKEN}.{THUMBPRINT}".encode()
DIGEST = to_base64url(sha256(KEY_AUTHORIZATION).digest())
"""The text of a TXT record."""
PATH = f"/.well-known/acme-challenge/{TOKEN}"
ACCOUNT_URL = "https://acme.example/acme/acct/acct-1"
LOOPBACK = ("127.0.0.1/32",)


def proof(
    type: ChallengeType = ChallengeType.HTTP_01,
    name: str = "www.example.com",
    *,
    is_address: bool = False,
    is_wildcard: bool = False,
) -> Proof:
    return Proof(type, name, TOKEN, THUMBPRINT, is_address, is_wildcard, ACCOUNT_URL)


def validator(
    dns: NameServer,
    ports: Ports | None = None,
    *,
    cidrs: tuple[str, ...] = LOOPBACK,
    identities: tuple[str, ...] = (),
    seconds: float = 10.0,
) -> Validator:
    """Reaches one loopback address unless a test says otherwise."""
    policy = GuardPolicy.for_relying_party(cidrs)
    return Validator(policy, (dns,), identities, ports or Ports(), seconds)


def refusal(outcome: Outcome) -> ProblemType:
    assert isinstance(outcome, Refused), outcome
    return outcome.type
