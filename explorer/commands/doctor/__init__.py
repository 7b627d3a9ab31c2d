"""`python -m explorer doctor`: what is wrong with this installation, and what to do about it.

Each check runs in a process of its own with a time limit: a lost mount, a compiler that hangs and a
torch that crashes end their check, not the doctor. What runs here needs Python's own library alone.
"""
