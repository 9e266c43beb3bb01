"""What the portal keeps and does for learners: drafts, attempts, results kept back, what is due and what comes back."""
