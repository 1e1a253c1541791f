"""From a request to a signed leaf, here or at an external issuer."""
