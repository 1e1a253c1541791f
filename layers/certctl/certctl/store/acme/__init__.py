"""The ACME server's rows: EAB keys and ACME accounts in the catalog, orders and authorizations in State."""
