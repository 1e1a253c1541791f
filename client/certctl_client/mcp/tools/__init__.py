"""Tools for a model: those of `reading_*` and `checking` change nothing, those of `acting` do."""
