"""When certificates are renewed."""
