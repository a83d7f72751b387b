"""What each command does; `cli` says which arguments it takes."""
