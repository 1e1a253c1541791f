"""AWS services but DynamoDB."""
