"""The HTTP edge: resolver, authentication, schemas, problem documents."""
