"""Orders of ACME clients: what they may have, and in which words they are refused."""
