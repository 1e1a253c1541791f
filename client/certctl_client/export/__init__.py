"""Writes export bundles from the API, for the verifier in `trail`."""
