"""What a host allows its agent to do."""
