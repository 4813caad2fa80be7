"""The workers of the studio: where they run, what they do, and what engines take there."""
