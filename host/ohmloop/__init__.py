"""Closes the loop on memristor crossbars: what runs on the lab PC."""
