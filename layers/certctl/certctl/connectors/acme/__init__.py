"""The network of the ACME server: how it sees what ACME accounts show (RFC 8555 section 8)."""
