"""What the documentation pages show: their code blocks, and the commands and requests in them."""
