"""`certctl audit`."""
