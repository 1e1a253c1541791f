"""Notifications, mutes, routing rules."""
