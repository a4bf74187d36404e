"""Relations: criteria, orders and views over them, held to a definition in plain Python on every backend."""
