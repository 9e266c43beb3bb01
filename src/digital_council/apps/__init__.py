"""Apps: notebooks served by Voila as their viewer, behind the hub's sign-in."""
