"""The published experiments: what was published, what nnlab reaches, and the page that says so."""
