"""The deployed stack: template, parameters, outputs."""
