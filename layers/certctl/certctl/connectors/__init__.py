"""Everything that leaves the process but DynamoDB: queues, keys, secrets, objects, outbound HTTP."""
