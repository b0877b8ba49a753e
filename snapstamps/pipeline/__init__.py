"""Order, resume and scale-out: what is done, what is stale, what comes next."""
