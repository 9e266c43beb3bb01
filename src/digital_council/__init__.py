"""Digital Council: digital skills on the council's own open data."""
