"""nbgrader courses, unchanged: test cells judged away from learner code, the gradebook kept as nbgrader would."""
