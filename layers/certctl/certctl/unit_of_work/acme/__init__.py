"""Changes of EAB keys, ACME accounts and orders, and who requests them."""
