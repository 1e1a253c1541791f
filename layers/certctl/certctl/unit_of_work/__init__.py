"""One change of state: its rows, counters, audit events and alerts, in one transaction."""
