"""What other versions of libraries change: a derivative made again in two environments, compared after every step."""
