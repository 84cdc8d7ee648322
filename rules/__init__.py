"""The shelf: protocol texts loaded, checked, tested, published and kept, version by version."""
