"""What stack_admin does with credentials at an update, every hour, and after a restore."""
