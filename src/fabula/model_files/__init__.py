"""Model files: what lies in the folders of models, how it comes there, and what uses it."""
