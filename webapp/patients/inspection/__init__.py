"""Programs that open files of strangers: each runs by itself, on little memory and time, and knows nothing of ours."""
