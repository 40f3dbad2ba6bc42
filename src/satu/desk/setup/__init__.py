"""The city as it is set up, to be looked at without code: read only, but for the sandbox, of which nothing stays."""
