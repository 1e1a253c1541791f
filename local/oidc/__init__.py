"""A real OpenID provider (`oidc-provider` from npm) on this machine, for the tests and `make run OIDC=1`."""
