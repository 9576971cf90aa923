"""The central end: ingest, change feed, fleet, vault and imports. It never imports the replica."""
