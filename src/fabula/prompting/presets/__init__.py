"""Presets: what is done to a prompt before a model reads it, under one name."""
