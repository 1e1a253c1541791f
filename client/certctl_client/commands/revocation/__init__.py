"""`certctl crl` and `certctl ocsp`: what CAs publish about revocations."""
