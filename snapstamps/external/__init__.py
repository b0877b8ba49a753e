"""Running programs that others wrote."""
