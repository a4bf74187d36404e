"""Random projects, compiled and run beside a plain-Python model of what repositories do."""
