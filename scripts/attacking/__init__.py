"""Attacks on a running service, measured by what honest residents notice of them."""
