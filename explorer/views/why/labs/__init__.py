"""The labs' panels: a PANEL each, by the name of its lab."""
