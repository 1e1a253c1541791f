"""ACME servers as issuers (RFC 8555)."""
