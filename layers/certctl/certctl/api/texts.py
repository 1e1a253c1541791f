"""What a text that people read may hold."""

# No control characters, no separators of lines, nothing that turns the direction of what is read after it.
PLAIN = r"[^\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]"
