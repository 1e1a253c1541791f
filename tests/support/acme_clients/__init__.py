"""Real ACME clients that order from an ACME server on loopback."""
