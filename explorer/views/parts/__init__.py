"""What several pages share: a question to the worker, the queue, notices, the teacher's button."""
