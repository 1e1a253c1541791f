"""Certificates in files of every usual format and layout, for the inventory. Private keys are not decoded."""
