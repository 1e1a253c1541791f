"""What `make check` and `.ci/run` are made of, beside the tools themselves."""
