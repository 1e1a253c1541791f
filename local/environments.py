"""`make environments`: nothing more to do, the bootstrap that leads here has made them."""
