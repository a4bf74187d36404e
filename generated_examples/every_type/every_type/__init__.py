"""Every type of field that a repository can store."""
