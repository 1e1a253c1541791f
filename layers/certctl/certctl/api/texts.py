"""Restrictions on texts for people."""

# No control characters, no line separators, nothing that changes the direction of the following text.
PLAIN = r"[^\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]"
