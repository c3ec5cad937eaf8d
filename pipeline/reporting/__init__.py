"""Facts of an area to figures and a page, and the page to HTML and PDF."""
