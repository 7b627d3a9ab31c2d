"""Nets side by side: what differs, what each stage costs, where they lie among all nets."""
