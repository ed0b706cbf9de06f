"""How bytes reach a board, and how a request finds its reply among them."""
