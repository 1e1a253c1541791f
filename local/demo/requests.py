"""Certificate signing requests of the demo, by keys that are thrown away."""

from collections.abc import Iterable

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


def csr_pem(common_name: str, sans: Iterable[str]) -> str:
    """A CSR with a new P-256 key. `sans` as `DNS:www.example.com`."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
    dns = dict.fromkeys([common_name, *(san.removeprefix("DNS:") for san in sans)])
    names = x509.SubjectAlternativeName([x509.DNSName(name) for name in dns])
    request = x509.CertificateSigningRequestBuilder().subject_name(subject).add_extension(names, False)
    return request.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()
