"""Knowledge's way: files, check, release."""
