"""What exists: the services, whom to call, where it is written. Pure data and its checks."""
