"""The program `articles`, one file a command."""
