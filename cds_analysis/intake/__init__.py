"""From an article or a yearly table to rows of the dataset: a machine proposes, a person decides, every
figure keeps its place.
"""
