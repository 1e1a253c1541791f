"""Ids of the records that a certificate names unless it is given others."""

DEFAULT_TEAM = "t-default"
DEFAULT_OWNER = "o-default"
DEFAULT_ISSUER = "iss-local"
DEFAULT_RENEWAL_POLICY = "rp-default"
DEFAULT_PROFILE = "server"
