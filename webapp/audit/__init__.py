"""Who did or saw what, append-only; plain ids, so that it outlives what it tells of."""
