"""The smallest host app."""
