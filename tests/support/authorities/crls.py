"""CRLs for the openssl binary."""

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding


def crl_pem(der: bytes) -> str:
    return x509.load_der_x509_crl(der).public_bytes(Encoding.PEM).decode("ascii")
