"""The nightly count of the inventory: what is counted of each certificate, the figures of a day, progress."""
