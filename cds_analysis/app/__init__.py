"""What runs in JupyterLab: the explorer, its panes, the review of candidates."""
