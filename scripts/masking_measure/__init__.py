"""Masking, measured on made-up sentences and on all that must stay."""
