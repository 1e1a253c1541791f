"""Where notifications go, and the state of each channel."""
