"""The pages: one folder each; what several share is in `parts`."""

BUILD = "views/builder/page.py"  # as links name them, from the folder of app.py
TRAIN = "views/train/page.py"
RUNS = "views/runs/page.py"
WHY = "views/why/page.py"
