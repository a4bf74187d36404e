"""Networks that fail, between the repositories and a real server."""
