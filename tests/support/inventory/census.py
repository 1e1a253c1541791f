"""Observed certificates of all kinds, as facts without a DER."""

import hashlib
from dataclasses import replace
from datetime import timedelta
from itertools import count
from typing import Any

from hypothesis import strategies as st

from certctl.domain.inventory.observed import ObservedCertificate, ObservedFacts
from certctl.domain.inventory.statuses import ObservedState, Trust
from tests.support.inventory.made import NOW

DAY = timedelta(days=1)
_NUMBERS = count()
_FACTS = ObservedFacts(
    subject="CN=www.example.com",
    issuer="CN=Their CA",
    serial_number="4f2a",
    not_before=NOW - DAY,
    not_after=NOW + 89 * DAY,
    first_name="www.example.com",
    name_count=1,
    key_algorithm="ECDSA P-256",
    key_bits=256,
    signature_algorithm="ecdsa-with-SHA256",
    issuer_key_id="ab12",
)
_OF_FACTS = frozenset(_FACTS.__dataclass_fields__)


def leaf(**changes: Any) -> ObservedCertificate:
    """A leaf of another CA that a place has, for 90 days; `changes` are of its facts and its record."""
    facts = replace(_FACTS, **{name: value for name, value in changes.items() if name in _OF_FACTS})
    known = {name: value for name, value in changes.items() if name not in _OF_FACTS}
    number = next(_NUMBERS)
    fingerprint = hashlib.sha256(str(number).encode()).hexdigest()
    record = ObservedCertificate(fingerprint, facts, "spki", "names", NOW, "t-web", sightings=1)
    return replace(record, **known)


def ca(**changes: Any) -> ObservedCertificate:
    own = {"subject": "CN=Their CA", "key_id": "ab12", "is_ca": True}
    return leaf(**own | changes)


@st.composite
def observed_leaves(draw: st.DrawFn) -> ObservedCertificate:
    """Leaves in all states, with facts of all kinds."""
    begins = draw(st.integers(-900, -1))
    return leaf(
        not_before=NOW + begins * DAY,
        not_after=NOW + draw(st.integers(begins + 1, 4000)) * DAY,
        key_algorithm=draw(st.sampled_from(["RSA", "ECDSA P-256", "2.16.840.1.101.3.4.3.18", "Ed25519"])),
        key_bits=draw(st.sampled_from([1024, 2048, 4096, None])),
        signature_algorithm=draw(
            st.sampled_from(["sha1WithRSAEncryption", "ecdsa-with-SHA256", "md5WithRSAEncryption"])
        ),
        is_self_signed=draw(st.booleans()),
        has_wildcard=draw(st.booleans()),
        trust=draw(st.sampled_from(Trust)),
        state=draw(st.sampled_from(ObservedState)),
        renewed_by=draw(st.sampled_from([None, "certbot"])),
        superseded_by=draw(st.sampled_from([None, "ff"])),
        gone_at=draw(st.sampled_from([None, NOW])),
        team_id=draw(st.sampled_from(["t-web", "t-db"])),
    )
