"""The resources of the app, one module each."""
