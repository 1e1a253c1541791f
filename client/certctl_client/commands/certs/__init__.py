"""`certctl certs`."""
