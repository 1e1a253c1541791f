"""Small stacks beside a certctl stack, which `make deploy` does not deploy."""
