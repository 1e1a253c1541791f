"""Issuing: what external issuers ask of the stack."""
