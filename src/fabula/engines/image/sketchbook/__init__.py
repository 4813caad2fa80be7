"""Sketchbook: the small picture engine that comes with the studio."""
