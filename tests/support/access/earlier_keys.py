"""Texts of keys as earlier releases made them: they name no subject and have no checksum."""

import secrets


def earlier_key_text() -> str:
    return "certctl_" + secrets.token_urlsafe(32)
