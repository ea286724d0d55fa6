"""How the weights of the page reader's vote are made."""
