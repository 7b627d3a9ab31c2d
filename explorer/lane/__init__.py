"""A lane's process: it trains the runs it is given, or does jobs. The one room with torch."""
