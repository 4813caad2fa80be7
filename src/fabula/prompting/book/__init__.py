"""A person's prompt book: what they wrote before, their lists and snippets."""
