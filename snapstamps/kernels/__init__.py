"""Pure functions of arrays: the formulas, without files, configuration or logging."""
