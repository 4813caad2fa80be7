"""Camera moves over still pictures."""
