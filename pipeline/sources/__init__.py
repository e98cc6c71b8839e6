"""Where raw records come from; where they go is passed in."""
