"""Grading: learner code runs in a sandbox, plain values cross its boundary, verdicts are made outside it."""
