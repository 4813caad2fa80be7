"""Everything that the studio keeps of a person, as one archive."""
