"""The container and the FastAPI dependencies, as generated code uses them."""
