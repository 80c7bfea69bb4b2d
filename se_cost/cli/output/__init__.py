"""Where answers go: data to stdout or files, progress and warnings to stderr."""
