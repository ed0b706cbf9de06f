"""What speaks to boards: our own, others, and the registry that finds the one for an address."""
