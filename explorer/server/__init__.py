"""What one web server shares among its visitors, and who asks."""
