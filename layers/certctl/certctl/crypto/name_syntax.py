"""The syntax of each kind of subject alternative name. Each function normalises or raises ValueError.

The messages state what is allowed, never quote more than 80 characters, and are pure ASCII.
"""

import ipaddress
import re
import unicodedata

from certctl.domain.certificates.uri_names import UriParts, uri_parts

_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LOCAL_PART = re.compile(rf"{_ATOM}(\.{_ATOM})*")
_URI_CHARACTERS = re.compile(r"[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]+")
_NUMBER = re.compile(r"[0-9]+|0[xX][0-9A-Fa-f]*")
"""The last label of a host that browsers read as IPv4 (WHATWG URL)."""
_SPIFFE_DOMAIN = re.compile(r"[a-z0-9._-]{1,255}")
_SPIFFE_SEGMENT = re.compile(r"[A-Za-z0-9._-]+")
_TAG = re.compile(r"(?:[A-Za-z0-9._-]+@)?([A-Za-z0-9.-]*[A-Za-z0-9]),[0-9]{4}(?:-[0-9]{2}){0,2}:.*")
_LOGON_TAGS = "microsoft.com"
# RFC 5892, appendix A: joiners, middle dots, geresh and the like.
_IN_CONTEXT = frozenset("\u200c\u200d\u00b7\u0375\u05f3\u05f4\u30fb\u06fd\u06fe\u0f0b\u3007")
_MAX_DNS, _MAX_EMAIL, _MAX_URI, _MAX_LOCAL_PART = 253, 254, 2048, 64


def shown(text: str) -> str:
    """`text` for an error message: quoted, escaped to ASCII, cut at 80 characters."""
    return ascii(text if len(text) <= 80 else text[:77] + "...")


def dns_name(text: str) -> str:
    """Lower case. Letters, digits and hyphens, one leading `*.` allowed, IDNs as A-labels (RFC 5890)."""
    name = text.lower()
    if not name.isascii():
        raise ValueError(f"{shown(text)} is not ASCII: write internationalised names as A-labels (xn--...)")
    if len(name) > _MAX_DNS:
        raise ValueError(f"{shown(text)} is longer than {_MAX_DNS} characters")
    labels = name.removeprefix("*.").split(".")
    for label in labels:
        _check_label(label, text)
    if labels[-1].isdigit():
        raise ValueError(f"{shown(text)} is not a DNS name: its last label is a number")
    return name


def _check_label(label: str, text: str) -> None:
    if not _LABEL.fullmatch(label):
        raise ValueError(
            f"{shown(text)} is not a DNS name: each label has 1 to 63 letters, digits and inner hyphens,"
            " only the first may be *"
        )
    if label.startswith("xn--") and not _is_a_label(label):
        raise ValueError(f"{shown(text)} has a label that is not an A-label: {shown(label)}")


def _is_a_label(label: str) -> bool:
    encoded = label.removeprefix("xn--")
    try:
        decoded = encoded.encode().decode("punycode")
        round_trips = decoded.encode("punycode").decode() == encoded
    except (UnicodeError, OverflowError):
        return False
    return round_trips and not decoded.isascii() and _is_u_label(decoded)


def _is_u_label(label: str) -> bool:
    """The main rules of RFC 5892: letters, marks, digits and the characters allowed in context, in NFC."""
    return unicodedata.is_normalized("NFC", label) and all(
        unicodedata.category(c)[0] in "LMN" or c in _IN_CONTEXT or c == "-" for c in label
    )


def ip_address(text: str) -> str:
    """Compressed, lower case. One address: no prefix length, no zone."""
    if "%" in text:
        raise ValueError(f"{shown(text)} has a zone: an IP name is a plain IPv4 or IPv6 address")
    try:
        return ipaddress.ip_address(text).compressed
    except ValueError as error:
        raise ValueError(f"{shown(text)} is not an IPv4 or IPv6 address") from error


def email_address(text: str) -> str:
    """The domain in lower case, the local part unchanged. ASCII only (RFC 5280, 4.2.1.6)."""
    local, _, domain = text.rpartition("@")
    if not _LOCAL_PART.fullmatch(local) or len(local) > _MAX_LOCAL_PART or len(text) > _MAX_EMAIL:
        raise ValueError(f"{shown(text)} is not an email address of the form local@domain in ASCII")
    return f"{local}@{_host_name(domain)}"


def _host_name(text: str) -> str:
    if text.startswith("*"):
        raise ValueError(f"{shown(text)} has a wildcard in place of a host")
    return dns_name(text)


def uri(text: str) -> str:
    """Absolute, with a DNS name or an IP as host if it has an authority; SPIFFE IDs by their own rules."""
    parts = uri_parts(text) if len(text) <= _MAX_URI and _URI_CHARACTERS.fullmatch(text) else None
    if parts is None:
        raise ValueError(
            f"{shown(text)} is no absolute URI of at most {_MAX_URI} ASCII characters, with a DNS name or an"
            " IP as host where it has an authority"
        )
    if parts.scheme == "spiffe":
        return _spiffe_id(parts, text)
    if parts.scheme == "tag":
        return _tag(parts, text)
    return _opaque(parts, text) if parts.host is None else _with_host(parts, parts.host)


def _opaque(parts: UriParts, text: str) -> str:
    if not parts.rest:
        raise ValueError(f"{shown(text)} is not an absolute URI: nothing follows the scheme")
    return f"{parts.scheme}:{parts.rest}"


def _with_host(parts: UriParts, host: str) -> str:
    return f"{parts.scheme}://{parts.user}{_uri_host(host)}{parts.port}{parts.rest}"


def _uri_host(host: str) -> str:
    if host.startswith("["):
        return f"[{ip_address(host[1:-1])}]"
    return ip_address(host) if _NUMBER.fullmatch(host.rpartition(".")[2]) else _host_name(host)


def _spiffe_id(parts: UriParts, text: str) -> str:
    """github.com/spiffe/spiffe, SPIFFE-ID section 2: no user, port, query, fragment or empty segment."""
    domain = "" if parts.user or parts.port else (parts.host or "").lower()
    before, *segments = parts.rest.split("/")
    if before or not _SPIFFE_DOMAIN.fullmatch(domain) or not all(map(_is_spiffe_segment, segments)):
        raise ValueError(f"{shown(text)} is not a SPIFFE ID of the form spiffe://trust-domain/path")
    return f"spiffe://{domain}{parts.rest}"


def _is_spiffe_segment(segment: str) -> bool:
    return segment not in (".", "..") and bool(_SPIFFE_SEGMENT.fullmatch(segment))


def _tag(parts: UriParts, text: str) -> str:
    """RFC 4151, 2.1: no escapes in the authority, so that each tag has one spelling of it but for its case.
    A Windows KDC maps a certificate with tag:microsoft.com,2022-09-14:sid:<SID> to that account (MS-PKCA,
    3.1.5.2.1.6): who may ask for any URI could sign in as anybody."""
    found = None if parts.host is not None else _TAG.fullmatch(parts.rest)
    if found is None:
        raise ValueError(f"{shown(text)} is not a tag of the form tag:authority,date:text (RFC 4151)")
    if found[1].lower() == _LOGON_TAGS:
        raise ValueError(
            f"{shown(text)} is refused in every profile: Windows accepts tags of {_LOGON_TAGS} as a logon"
        )
    return f"tag:{parts.rest}"
