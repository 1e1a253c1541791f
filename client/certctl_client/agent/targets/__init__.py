"""Targets of deployments; `registry` has their kinds."""
