"""The end of an account, with everything in it."""
