"""Which service is meant: evidence from words, characters and sound, weighed into a confidence."""
