"""Results of tests: written down or brought in, judged against their ranges, released to patients by a policy."""
