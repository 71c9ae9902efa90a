"""What each notebook shows: one class a notebook, one method a cell, so that the notebook is read and not
calculated.
"""
