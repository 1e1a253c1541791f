"""Deploys, tries and removes a stack of an AWS account: `make deploy`, `admin`, `smoke`, `destroy`."""
