"""What the labs found, in numbers and sentences computed from the results."""
