"""The ACME server (RFC 8555): EAB keys, ACME accounts, orders, authorizations."""
