"""OCSP for tests."""
