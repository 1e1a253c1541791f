"""Certificates whose key is generated here: a directory stores the request, so that a repeat continues."""
