"""What needs attention: one module for each group of lines."""
