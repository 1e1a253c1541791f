"""The ACME server of the local stack, by https."""
