"""Small faults put into checked protocols and scores, to see which of them no in-file test notices."""
