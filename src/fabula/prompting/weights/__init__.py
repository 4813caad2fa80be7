"""Weights of words: one tree, and the dialects that it is read from and written to."""
