"""Endpoints: what TLS servers should serve, what probes saw, findings and incidents."""
