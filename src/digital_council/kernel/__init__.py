"""The warm, sandboxed kernel: a process that has imported everything once, and forks into sandboxes."""
