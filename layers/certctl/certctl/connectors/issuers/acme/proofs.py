"""Proofs of control over names: http-01 and dns-01 (RFC 8555 section 8)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from acme import challenges
from josepy.errors import DeserializationError
from josepy.jwk import JWKEC

from certctl.connectors.dns import TxtValue
from certctl.connectors.issuers.acme.session import Refused
from certctl.connectors.issuers.base import IssuerUnavailable
from certctl.domain.issuing.kinds.acme import AcmeSettings, ChallengeType

_PENDING = "pending"
_CLASSES = {ChallengeType.HTTP: challenges.HTTP01, ChallengeType.DNS: challenges.DNS01}


@dataclass(frozen=True)
class Proof:
    """A pending challenge: its URL, and what must be found until we respond there."""

    name: str
    url: str
    token: str
    validation: str


def proofs_wanted(
    authorizations: Sequence[Mapping[str, Any]], kind: ChallengeType, key: JWKEC
) -> list[Proof]:
    """The challenges of names that are not proved yet. Raises Refused if the server offers no such
    challenge."""
    open_ones = [a for a in authorizations if a.get("status") == _PENDING]
    chosen = [(str(a["identifier"]["value"]), _challenge(a, kind)) for a in open_ones]
    waiting = [(name, c) for name, c in chosen if c.get("status", _PENDING) == _PENDING]
    return [_proof(name, challenge, kind, key) for name, challenge in waiting]


def _challenge(authorization: Mapping[str, Any], kind: ChallengeType) -> Mapping[str, Any]:
    found = next((c for c in authorization["challenges"] if c.get("type") == kind), None)
    if found is None:
        name = authorization["identifier"]["value"]
        raise Refused("unsupportedChallenge", f"the ACME server offers no {kind} for {name}")
    challenge: Mapping[str, Any] = found
    return challenge


def _proof(name: str, challenge: Mapping[str, Any], kind: ChallengeType, key: JWKEC) -> Proof:
    try:
        parsed = _CLASSES[kind].from_json(challenge)
    except DeserializationError:
        raise IssuerUnavailable("the ACME server's challenge is not understood") from None
    return Proof(name, str(challenge["url"]), str(challenge["token"]), parsed.validation(key))


def txt_value(proof: Proof, settings: AcmeSettings) -> TxtValue:
    """Raises Refused if no hosted zone is configured for the name."""
    zone_id = settings.zone_of(proof.name)
    if zone_id is None:
        raise Refused("noZone", f"no entry of hosted_zones covers {proof.name}")
    return TxtValue(zone_id, f"{challenges.DNS01.LABEL}.{proof.name}", proof.validation)


def failures_of(authorizations: Sequence[Mapping[str, Any]]) -> list[str]:
    """The server's errors about proofs that it did not find."""
    errors = [
        (a["identifier"]["value"], challenge["error"])
        for a in authorizations
        for challenge in a.get("challenges", ())
        if challenge.get("error")
    ]
    return [f"{name}: {error.get('detail') or error.get('type')}" for name, error in errors]
