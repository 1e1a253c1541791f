"""Work on certificates that a worker does."""
