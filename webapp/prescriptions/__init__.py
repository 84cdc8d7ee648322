"""What a signed plan gives, carried out: written on paper, renewed, sent to a pharmacy, ticked off by its patient."""
