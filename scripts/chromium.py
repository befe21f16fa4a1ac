"""Debian's Chromium, for whatever looks at our pages."""

from pathlib import Path

CHROMIUM = Path("/usr/bin/chromium")
# Without these Chromium itself looks for hosts on the net.
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
