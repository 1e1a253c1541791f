"""PynamoDB items and the stores that own them. Items never leave this folder."""
