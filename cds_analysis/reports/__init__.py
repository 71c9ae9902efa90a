"""Reports: run a notebook with parameters, turn it into one offline HTML file, keep a manifest, do it for
many.
"""
