"""What the clinic says of itself: its name, how to reach it, its hours, its questions and answers."""
