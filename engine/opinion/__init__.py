"""The second opinion: conditions read and decided by other code than the evaluator's.

It stands on the checked protocol, the units and the reader of free text, and on nothing of compiler, evaluator or
merge. What is compared, and what is not: docs/reference/second-opinion.md.
"""
