"""Templates as people write them: versions, publication, checks, import and export."""
