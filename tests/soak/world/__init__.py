"""The world of a stack at rest as one value: rows, messages, objects, answers, and the books of the soak."""
