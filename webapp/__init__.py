"""The web: Django project and its apps."""
