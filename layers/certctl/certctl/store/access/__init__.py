"""API keys, credentials and the subjects that they act for."""
