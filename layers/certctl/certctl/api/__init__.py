"""The edge: HTTP (resolver, authentication, schemas, routes, problem documents), and direct invocations."""
