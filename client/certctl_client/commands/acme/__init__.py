"""`certctl acme`: the ACME server."""
