"""Figures for papers and reports: one style, colours for everybody, fonts embedded, the same bytes again."""
