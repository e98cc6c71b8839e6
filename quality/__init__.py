"""How models, schemas and figures are made, and what holds them: run from a checkout, not part of the package."""
