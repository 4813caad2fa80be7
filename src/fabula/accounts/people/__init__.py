"""Other people's accounts, for admins."""
