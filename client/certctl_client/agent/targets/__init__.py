"""Where certificates go: a kind is a module, and a line in `registry`."""
