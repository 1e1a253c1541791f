"""The nightly count of the inventory, and what is read of it."""
