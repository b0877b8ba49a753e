"""The report: one page that opens offline, the methods in words, and what to cite."""
