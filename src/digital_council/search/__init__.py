"""Finding things: one index over datasets, their columns, lessons, notebooks and apps, for whoever asks."""
