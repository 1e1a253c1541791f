"""docs/cps.md: its sections, and what the code says about the figures in them."""
