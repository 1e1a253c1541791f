"""Requests of clients that cannot run here, in the order in which their sources send them."""
