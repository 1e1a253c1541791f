"""The text of credentials: `certctl_<kind>_<ULID of the subject>_<43 base62><6 base62>`.

The 43 characters are 256 random bits, the last six the CRC-32 of all that precede them, so that a mistyped
or invented text costs no read. Texts of earlier releases, `certctl_` and 43 base64url characters, name no
subject and have no checksum. Only the SHA-256 of a text is stored.
"""

import hashlib
import re
import secrets
from dataclasses import dataclass
from enum import StrEnum
from zlib import crc32

PREFIX = "certctl_"
_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_RANDOM_BITS = 256
_RANDOM_LENGTH = 43
_CHECK_LENGTH = 6
_TEXT = re.compile(
    rf"{PREFIX}(key|ses|tok)_([0-9a-hjkmnp-tv-z]{{26}})_[0-9A-Za-z]{{{_RANDOM_LENGTH + _CHECK_LENGTH}}}",
    re.ASCII,
)
_EARLIER_TEXT = re.compile(rf"{PREFIX}[A-Za-z0-9_-]{{43}}", re.ASCII)


class CredentialKind(StrEnum):
    """How ids of credentials begin. An ACME account has a key of its own and no text."""

    KEY = "key"
    SESSION = "ses"
    TOKEN = "tok"  # noqa: S105  # no secret
    ACME_ACCOUNT = "acct"

    @property
    def shown(self) -> str:
        """The name of the kind in the audit trail."""
        return SHOWN_KINDS[self]


SHOWN_KINDS = {
    CredentialKind.KEY: "key",
    CredentialKind.SESSION: "session",
    CredentialKind.TOKEN: "token",
    CredentialKind.ACME_ACCOUNT: "acme-account",
}


def shown_kind_of(credential_id: str) -> str:
    """The kind that the prefix of the id names. Raises ValueError for other ids."""
    return SHOWN_KINDS[CredentialKind(credential_id.partition("-")[0])]


def is_session(credential_id: str) -> bool:
    """Whether the id is that of a session, by its prefix."""
    return credential_id.startswith(f"{CredentialKind.SESSION}-")


@dataclass(frozen=True)
class PresentedCredential:
    """`subject_ulid` is None in a text of an earlier release."""

    digest: str
    subject_ulid: str | None
    kind: CredentialKind = CredentialKind.KEY


def new_credential_text(kind: CredentialKind, subject_ulid: str) -> str:
    body = f"{PREFIX}{kind}_{subject_ulid}_{_base62(secrets.randbits(_RANDOM_BITS), _RANDOM_LENGTH)}"
    return body + _checksum(body)


def credential_in(text: str) -> PresentedCredential | None:
    """The credential in a text; None if the text has no credential's form or a wrong checksum."""
    if is_earlier_text(text):
        return PresentedCredential(key_hash(text), None)
    match = _TEXT.fullmatch(text)
    if match is None or _checksum(text[:-_CHECK_LENGTH]) != text[-_CHECK_LENGTH:]:
        return None
    return PresentedCredential(key_hash(text), match[2], CredentialKind(match[1]))


def is_session_text(text: str) -> bool:
    """Whether it has the form of a session's, with any checksum."""
    return _has_kind(text, CredentialKind.SESSION)


def is_token_text(text: str) -> bool:
    """Whether it has the form of a token's, with any checksum."""
    return _has_kind(text, CredentialKind.TOKEN)


def is_earlier_text(text: str) -> bool:
    return _EARLIER_TEXT.fullmatch(text) is not None


def key_hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _has_kind(text: str, kind: CredentialKind) -> bool:
    match = _TEXT.fullmatch(text)
    return match is not None and match[1] == kind


def _checksum(body: str) -> str:
    return _base62(crc32(body.encode()), _CHECK_LENGTH)


def _base62(value: int, length: int) -> str:
    digits = []
    for _ in range(length):
        value, digit = divmod(value, len(_ALPHABET))
        digits.append(_ALPHABET[digit])
    return "".join(reversed(digits))
