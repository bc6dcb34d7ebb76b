"""Jishi (集市): an e-commerce platform that joins people, goods and places."""
