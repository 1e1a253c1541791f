"""API keys, permissions and callers."""
