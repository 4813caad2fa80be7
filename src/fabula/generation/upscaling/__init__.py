"""Upscaling: a picture that is there, with more pixels."""
