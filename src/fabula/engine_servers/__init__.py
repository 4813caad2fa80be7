"""Servers that admins connect as engines, and which engine is used for what."""
