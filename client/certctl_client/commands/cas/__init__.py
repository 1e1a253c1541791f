"""`certctl cas`."""
