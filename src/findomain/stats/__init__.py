"""Statistics: a table of scores in, frozen results out. Nothing here reads a shipped file or knows a model."""
