"""The main job, walked through the commands and HTTP as strangers would: `make demo`.

city (seed, serve, wait) ──> journey (one step after another) ──> screen (what happened)
"""
