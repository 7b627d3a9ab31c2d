"""The Why page: a panel for every lab."""
