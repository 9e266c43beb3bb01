"""What authors do for learners of their units: releases and their review, marks given by hand, replies."""
