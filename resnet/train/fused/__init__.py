"""Training and evaluation on a CPU with fewer passes over memory and fewer products."""
