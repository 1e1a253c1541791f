"""Whether the CAA records of a name allow this CA to issue (RFC 8659, RFC 8657)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from certctl.domain.acme.challenges import Proof

_CRITICAL = 0x80
_ISSUE = "issue"
_ISSUE_WILD = "issuewild"
_KNOWN = frozenset({_ISSUE, _ISSUE_WILD, "iodef", "issuemail", "issuevmc", "contactemail", "contactphone"})
_SPACES = " \t"


@dataclass(frozen=True)
class CaaRecord:
    flags: int
    tag: str
    """In lower case."""
    value: str


def caa_names(name: str) -> list[str]:
    """The name and its parents, closest first, without the root (RFC 8659 section 3)."""
    labels = name.split(".")
    return [".".join(labels[start:]) for start in range(len(labels))]


def is_allowed(records: Sequence[CaaRecord], proof: Proof, identities: Collection[str]) -> bool:
    """`records` is the relevant RRset: the first that is not empty."""
    if any(each.flags & _CRITICAL and each.tag not in _KNOWN for each in records):
        return False
    relevant = _relevant(records, proof)
    return relevant is None or any(_names_us(each.value, proof, identities) for each in relevant)


def _relevant(records: Sequence[CaaRecord], proof: Proof) -> list[CaaRecord] | None:
    """The records that restrict issuing, or None if there are none: issuewild goes first for wildcards,
    and means nothing else."""
    tags = [_ISSUE_WILD, _ISSUE] if proof.is_wildcard else [_ISSUE]
    for tag in tags:
        found = [each for each in records if each.tag == tag]
        if found:
            return found
    return None


def _names_us(value: str, proof: Proof, identities: Collection[str]) -> bool:
    domain, *parameters = value.split(";")
    issuer = domain.strip(_SPACES).lower().removesuffix(".")
    is_ours = issuer in {identity.lower().removesuffix(".") for identity in identities}
    return is_ours and _satisfies(_parameters(parameters), proof)


def _parameters(texts: Sequence[str]) -> Mapping[str, str | None]:
    """A name given twice is malformed: its value is then None, which nothing satisfies."""
    found: dict[str, str | None] = {}
    for text in texts:
        name, _, value = text.strip(_SPACES).partition("=")
        key = name.strip(_SPACES).lower()
        found[key] = None if key in found else value.strip(_SPACES)
    return found


def _satisfies(parameters: Mapping[str, str | None], proof: Proof) -> bool:
    """RFC 8657: sections 3 and 4. Parameters of other CAs are ignored."""
    return _is_account(parameters, proof) and _is_method(parameters, proof)


def _is_account(parameters: Mapping[str, str | None], proof: Proof) -> bool:
    if "accounturi" not in parameters:
        return True
    return bool(proof.account_url) and parameters["accounturi"] == proof.account_url


def _is_method(parameters: Mapping[str, str | None], proof: Proof) -> bool:
    if "validationmethods" not in parameters:
        return True
    methods = (parameters["validationmethods"] or "").split(",")
    return proof.type.value in [method.strip(_SPACES) for method in methods]
