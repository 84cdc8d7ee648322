"""From authored text to checked documents: the strict reader, expressions, and the checker."""
