"""Signed requests of ACME clients (RFC 8555 section 6), and the nonces and identifiers made for them."""
