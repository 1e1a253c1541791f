"""The AWS emulator (MiniStack) and its account."""
