"""AWS services except DynamoDB."""
