"""Records of CAs without keys or certificates, for those who only ask whether there is one."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from certctl.domain.authorities.authorities import Authority
from certctl.domain.authorities.states import AuthorityState

CA_URL = "http://pki.example.com/pki/ca-1"


def an_authority(now: datetime, **fields: Any) -> Authority:
    """The active issuing CA of `iss-local`, with `fields` replaced."""
    made = Authority(
        ca_id="ca-1",
        issuer_id="iss-local",
        role="issuing",
        key_arn="arn:issuing",
        certificate_pem="pem",
        subject_key_identifier="00",
        not_before=now,
        not_after=now + timedelta(days=1),
        state=AuthorityState.ACTIVE,
        certificate_url=f"{CA_URL}.crt",
        crl_url="http://pki.example.com/pki/root.crl",
        all_crl_url=f"{CA_URL}/all.crl",
    )
    return replace(made, **fields)
