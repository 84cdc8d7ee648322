"""People who sign in: users, their roles, the hat of a session, passwords."""
