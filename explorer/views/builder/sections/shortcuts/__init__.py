"""What each shortcut option costs."""
