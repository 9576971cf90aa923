"""A seeded world: the shipped round, store, exchange and ingest on real database files."""
