"""The grid of a sheet to cells with element, area and period: headers, rows, totals, refusals."""
