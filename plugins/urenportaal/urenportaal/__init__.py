"""Urenportaal: employees book their hours, managers approve them, AFAS Profit gets them."""

__version__ = "2.4.0"
