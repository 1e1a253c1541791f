"""Documents for linters."""
