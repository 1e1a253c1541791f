"""Sessions, sign-ins and exchanged tokens."""
