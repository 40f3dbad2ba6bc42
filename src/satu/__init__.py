"""Satu: the city government that never asks twice."""
