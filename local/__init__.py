"""Runs the built stack on one machine: `make run`. Nothing here is part of what is deployed to AWS."""
