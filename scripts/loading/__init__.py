"""Load on the HTTP API: a server of its own, and callers in another process."""
