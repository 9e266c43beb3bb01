"""Publication: which datasets everybody may have, and the forms in which they are given."""
