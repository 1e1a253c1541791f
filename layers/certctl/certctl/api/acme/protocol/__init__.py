"""The protocol of the ACME server (RFC 8555): no JSON API, but signed requests, nonces and links."""
