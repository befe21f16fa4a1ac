"""Where the exports' templates stand."""

from pathlib import Path

FOLDER = Path(__file__).parents[2] / "pages" / "exports"
