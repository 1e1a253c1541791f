"""Connectors to everything outside the process except DynamoDB: queues, keys, secrets, objects, outbound
HTTP."""
