"""Signing in and out, and the guard before every page that takes it.

/sign-in ──> cookie ──> guard.staff_pages(blueprint): who is it, may they, is the form ours?
"""
