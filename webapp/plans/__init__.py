"""Case, evaluation with its trace, draft, review, signed plan."""
