"""A person's own data: all of it as one archive, and its removal with the account."""
