"""Certificates whose key is made here: a directory keeps what was asked for, so that a repeat goes on."""
