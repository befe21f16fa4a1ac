"""Directions of words from two dictionaries: words that are explained alike point the same way."""
