"""The base templates, as "AWS Private CA template definitions" in AWS's user guide has them: subject and
names come from the CSR, all else from the template and the CA."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID as Usage

CaKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


@dataclass(frozen=True)
class Template:
    usages: tuple[x509.ObjectIdentifier, ...]
    enciphers: bool = True


TEMPLATES: Mapping[str, Template] = {
    "EndEntityServerAuthCertificate/V1": Template((Usage.SERVER_AUTH,)),
    "EndEntityClientAuthCertificate/V1": Template((Usage.CLIENT_AUTH,)),
    "EndEntityCertificate/V1": Template((Usage.SERVER_AUTH, Usage.CLIENT_AUTH)),
    "CodeSigningCertificate/V1": Template((Usage.CODE_SIGNING,), enciphers=False),
}
HASHES: Mapping[str, type[hashes.SHA256 | hashes.SHA384 | hashes.SHA512]] = {
    "SHA256": hashes.SHA256,
    "SHA384": hashes.SHA384,
    "SHA512": hashes.SHA512,
}


def leaf_of(
    csr: x509.CertificateSigningRequest,
    template: Template,
    begins: datetime,
    ends: datetime,
    issuer: x509.Certificate,
) -> x509.CertificateBuilder:
    builder = (
        x509.CertificateBuilder()
        .subject_name(csr.subject)
        .issuer_name(issuer.subject)
        .public_key(csr.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(ends)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=False)
        .add_extension(_key_usage(template), critical=True)
        .add_extension(x509.ExtendedKeyUsage(template.usages), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(csr.public_key()), critical=False)
    )
    for extension in csr.extensions:
        if isinstance(extension.value, x509.SubjectAlternativeName):
            builder = builder.add_extension(extension.value, critical=False)
    return builder


def _key_usage(template: Template) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        key_encipherment=template.enciphers,
        content_commitment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
