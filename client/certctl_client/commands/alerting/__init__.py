"""`certctl channels`, `routing` and `mutes`: where alerts go."""
