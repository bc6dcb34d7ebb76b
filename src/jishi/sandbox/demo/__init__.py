"""The demo shop: its own goods, pictures drawn by its own renderer, and the command that fills a shop with them."""
