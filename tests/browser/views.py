"""How wide the pages are looked at."""

DESKTOP, PHONE = 1200, 375
