"""甬问 side by side with what one would pick instead: the same work, a fresh process for each."""
