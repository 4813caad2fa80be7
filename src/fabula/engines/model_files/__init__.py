"""What model files are: read from their own headers, without a library of models and without
running anything that is in them."""
