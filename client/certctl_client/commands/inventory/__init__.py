"""`certctl inventory`: certificates that were found, whoever issued them."""
