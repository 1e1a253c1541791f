"""The ACME server, and the orders of its clients."""
