"""The door for programs: the JSON API that agents post to."""
