"""Reads X.509: the values of extensions, and the names of object identifiers."""

from cryptography import x509


def extension_value[E: x509.ExtensionType](
    signed: x509.Certificate | x509.CertificateSigningRequest, kind: type[E]
) -> E | None:
    """Returns None without the extension. Raises ValueError if any extension is broken."""
    try:
        return signed.extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None


def oid_name(oid: x509.ObjectIdentifier) -> str:
    """`ecdsa-with-SHA384`: the name that openssl prints, or the dotted number."""
    return oid.dotted_string if oid._name == "Unknown OID" else oid._name  # has no public name
