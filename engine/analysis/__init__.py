"""What holds for all possible patients: the rules as logic, and a solver that looks for a patient to the contrary."""
