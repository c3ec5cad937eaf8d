"""The figures of the reports: plain values in, SVG out, whose bytes depend on nothing else.

A finding as title, direct labels instead of legends, uncertainty always drawn, and what a figure is held against
always marked. Nothing is told apart by colour alone. Every figure is drawn twice, for the page and for the phone.
"""
