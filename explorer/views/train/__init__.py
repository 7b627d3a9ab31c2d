"""The parts of the Train page: the question, what is watched, the controls, replay and share."""
