"""What the hourly run brings up to date in CAs of earlier releases."""
