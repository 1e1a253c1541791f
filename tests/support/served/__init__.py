"""Certificates and endpoints for the tests of what is served."""
