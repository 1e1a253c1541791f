"""Tables of a stack, read and written in DynamoDB's own JSON."""
