"""Bugs on purpose: other units and services, handed in by the composition root. The simulator must find each.

Each module says which `PARTS` a shop is built with, and with which words the findings that it `BREAKS` begin."""
