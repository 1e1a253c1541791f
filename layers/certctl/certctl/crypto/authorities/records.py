"""Builds the record of a CA from its certificate. Its URLs are made here, once
(docs/revocation.md#the-cas-of-a-stack)."""

from cryptography import x509

from certctl.crypto.fingerprints import ski_hex
from certctl.crypto.pem import certificate_pem
from certctl.domain.authorities.authorities import ALL_SHARD, FIRST_SHARD, Authority, first_leaves_until
from certctl.domain.authorities.states import AuthorityState


def root_record(
    ca_id: str, issuer_id: str, key_arn: str, host: str, certificate: x509.Certificate
) -> Authority:
    """`host` serves the PKI objects; it includes the port if that is not 80."""
    return Authority(
        ca_id=ca_id,
        issuer_id=issuer_id,
        role="root",
        key_arn=key_arn,
        certificate_pem=certificate_pem(certificate),
        subject_key_identifier=ski_hex(certificate.public_key()),
        not_before=certificate.not_valid_before_utc,
        not_after=certificate.not_valid_after_utc,
        state=AuthorityState.ACTIVE,
        certificate_url=_url(host, f"{ca_id}.crt"),
        crl_url=_url(host, f"{ca_id}.crl"),
    )


def issuing_record(
    ca_id: str, issuer_id: str, key_arn: str, host: str, certificate: x509.Certificate, chain: str
) -> Authority:
    """A pending CA. Its `crl_url` is that of shard 0, the CRL that it signs; its own status is in a CRL of
    the CA above it. `chain` is PEM, from that CA up to the root."""
    start, end = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    return Authority(
        ca_id=ca_id,
        issuer_id=issuer_id,
        role="issuing",
        key_arn=key_arn,
        certificate_pem=certificate_pem(certificate),
        subject_key_identifier=ski_hex(certificate.public_key()),
        not_before=start,
        not_after=end,
        state=AuthorityState.PENDING,
        certificate_url=_url(host, f"{ca_id}.crt"),
        crl_url=_url(host, f"{ca_id}/{FIRST_SHARD}.crl"),
        all_crl_url=_url(host, f"{ca_id}/{ALL_SHARD}.crl"),
        chain_pem=chain,
        leaves_until=first_leaves_until(start, end),
    )


def _url(host: str, path: str) -> str:
    return f"http://{host}/pki/{path}"
