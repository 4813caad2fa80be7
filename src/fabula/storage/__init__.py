"""Bytes: where files live, links to them, and what is read from and written into media."""
