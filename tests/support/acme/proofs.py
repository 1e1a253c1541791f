"""Proofs that a test shows, and validators of its loopback servers."""

from certctl.connectors.acme.lookups import NameServer
from certctl.connectors.acme.paths import Ports
from certctl.connectors.acme.validator import Validator
from certctl.connectors.address_guard import GuardPolicy
from certctl.domain.acme.challenges import Outcome, Proof, Refused
from certctl.domain.acme.eab_keys import ChallengeType
from certctl.domain.acme.problems import ProblemType

TOKEN = "DGyRejmCefe7v4NfDGDKfAmFqXXdFpFsWgyCsr4Un3A"
THUMBPRINT = "9jg46WB3rR_AHD-EBXdN7cBkH1WOu0tA3M9fm21mqTI"
KEY_AUTHORIZATION = f"{TOKEN}.{THUMBPRINT}".encode()
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
