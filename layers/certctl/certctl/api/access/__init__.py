"""API keys and permissions on the wire."""
