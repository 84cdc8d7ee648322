"""What templates of the studio ask for themselves."""
