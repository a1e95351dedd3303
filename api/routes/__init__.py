"""One module per room; each has a `router` that api/app.py mounts under /api/v1."""
