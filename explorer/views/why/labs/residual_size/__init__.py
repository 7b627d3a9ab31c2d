"""How big is the residual?"""
