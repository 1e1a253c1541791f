"""The ACME server: what clients of RFC 8555 send, and what the stack decides about it."""
