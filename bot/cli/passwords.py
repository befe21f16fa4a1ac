"""Passwords from the terminal or standard input; never from an argument, which every process can read."""

import getpass
import sys

from bot.errors import InputError


def password(prompt: str, *, twice: bool = False) -> str:
    """A password typed unseen, or the next line of standard input where nobody sits at it."""
    if not sys.stdin.isatty():
        line = sys.stdin.readline()
        if not line:
            raise InputError("no password on standard input")
        return line.rstrip("\r\n")
    typed = getpass.getpass(f"{prompt}: ")
    if twice and getpass.getpass(f"{prompt}, again: ") != typed:
        raise InputError("the two passwords differ")
    return typed
