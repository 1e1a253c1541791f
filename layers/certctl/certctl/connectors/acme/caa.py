"""CAA records of a name that was just proven (RFC 8659)."""

from collections.abc import Collection

from certctl.connectors.acme.lookups import LookupFailed
from certctl.connectors.acme.paths import Path
from certctl.domain.acme.caa import CaaRecord, caa_names, is_allowed
from certctl.domain.acme.challenges import Proof, Refused
from certctl.domain.acme.problems import ProblemType


def caa_refusal(proof: Proof, path: Path, identities: Collection[str]) -> Refused | None:
    """Lookups that fail refuse: a missing answer could hide a record. Addresses have no CAA records."""
    if proof.is_address or not identities:
        return None
    try:
        records = _relevant(proof.name, path)
    except LookupFailed as failure:
        return Refused(ProblemType.CAA, f"CAA: {failure.detail}")
    if is_allowed(records, proof, identities):
        return None
    reason = "CAA: the records of the name, or of a parent, do not allow this CA"
    return Refused(ProblemType.CAA, reason, is_certain=True)


def _relevant(name: str, path: Path) -> list[CaaRecord]:
    for each in caa_names(name):
        found = path.lookups.caa(each)
        if found:
            return [CaaRecord(flags, tag, value.decode("latin-1")) for flags, tag, value in found]
    return []
