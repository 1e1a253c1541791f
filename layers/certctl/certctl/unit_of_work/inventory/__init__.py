"""Certificates that were found: observed ones, the places that hold them, endpoints."""
