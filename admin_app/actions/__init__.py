"""What people can do here, once for forms and JSON alike: fields in, a JSON-ready shape out."""
