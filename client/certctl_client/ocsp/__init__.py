"""OCSP, asked and checked as relying parties do (RFC 6960, RFC 9919)."""
