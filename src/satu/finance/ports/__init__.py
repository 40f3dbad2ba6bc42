"""Payment providers: the port, and what is plugged into it."""
