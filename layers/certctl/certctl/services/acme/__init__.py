"""The ACME server: use cases of its clients, its validator and its administrators."""
