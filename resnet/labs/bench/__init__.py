"""What experiments share: copies of nets, images by the batch, errors, progress. With torch."""
