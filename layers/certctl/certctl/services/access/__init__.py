"""API keys: made, listed and ended; the break-glass key."""
