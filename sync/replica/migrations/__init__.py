"""The schema of the replica and its history: every version of a terminal's database, in order."""
