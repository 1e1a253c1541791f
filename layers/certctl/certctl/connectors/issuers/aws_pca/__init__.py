"""AWS Private CA as issuer."""
