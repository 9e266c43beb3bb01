"""A lesson's page: its parts, its forms, what code showed, and what its buttons do."""
