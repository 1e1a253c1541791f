"""Alerts, routing and delivery."""
