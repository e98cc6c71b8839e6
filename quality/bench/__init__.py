"""Measurements behind docs/decisions.md, "Numbers": `make bench`. One file a measurement, each returns rows."""
