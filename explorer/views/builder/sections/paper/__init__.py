"""What the paper prints of a net, beside what is computed here."""
