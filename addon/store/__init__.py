"""The store: SQLAlchemy over SQLite. It knows no proxy and no web framework."""
