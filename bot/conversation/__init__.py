"""What to say: a visible list of steps from a message and a state to a reply and a state."""
