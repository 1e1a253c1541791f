"""`make packages`: what a release ships besides the stack. See docs/releasing.md."""
