"""What is learnt from the shop's own traces."""
