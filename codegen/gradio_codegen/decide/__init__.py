"""From a description to the contents of a module: types, names, defaults, classes."""
