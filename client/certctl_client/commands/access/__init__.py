"""Login, and API keys."""
