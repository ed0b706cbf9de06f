"""The wire between board and host: ports, whole lines, and what can go wrong with them."""
