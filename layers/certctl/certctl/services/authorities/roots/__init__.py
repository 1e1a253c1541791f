"""The roots of a stack: how each is made, and what each publishes."""
