"""Rights: who is asking, what a request must prove, and what each may see."""
