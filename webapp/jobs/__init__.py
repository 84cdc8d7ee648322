"""The page of what works unseen: jobs, the worker that runs them, messages that wait; and what monitors ask."""
