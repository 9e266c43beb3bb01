"""nbgrader's formgrader as a hub service: one for each course, for its authors, in a tab of its own."""
