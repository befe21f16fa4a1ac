"""Puts this folder's helpers in reach of the folders below it."""
