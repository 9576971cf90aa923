"""The terminal end: the encrypted store, the outbox and the rounds. It never imports the hub."""
