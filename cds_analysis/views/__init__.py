"""Views: measures' frames in, figures, tables and sentences out, in Vietnamese or English. Nothing here
computes a measure.
"""
