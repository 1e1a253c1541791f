"""Backs up and restores a stack: `make backup`, `make restore`, `make unpause`. See docs/backup.md.

An administrator's tool: it reads whole tables, which nothing in the stack itself may do.
"""
