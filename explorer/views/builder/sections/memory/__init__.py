"""Memory and time of training a net: what is kept, and what bounds the speed."""
