"""`certctl inventory`: certificates that were found, of any issuer."""
