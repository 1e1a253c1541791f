"""The ACME server on the wire."""
