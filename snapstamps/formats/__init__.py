"""Files that others defined: Gamma rasters and headers, MATLAB files; and how we write any file safely."""
