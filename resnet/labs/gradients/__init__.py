"""Do gradients vanish?"""
