"""Signatures of tokens that other issuers sign."""
