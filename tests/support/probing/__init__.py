"""A PKI, and servers in threads, for what probes TLS servers."""
