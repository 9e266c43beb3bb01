"""Leaders' figures on pages: what a viewer may see, laid out and drawn."""
