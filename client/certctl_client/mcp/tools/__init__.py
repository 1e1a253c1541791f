"""What a model may call: `reading_*` changes nothing, `acting` does."""
