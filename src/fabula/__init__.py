"""Fabula, a self-hosted studio for generated stories, pictures and films."""

__version__ = "0.1.0"
