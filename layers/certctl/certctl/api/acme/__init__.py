"""The ACME server: its protocol, and its records in the API of the stack."""
