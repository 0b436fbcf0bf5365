"""HTML pages, one module per subject. Each module has its own `urlpatterns`; `web/urls.py` joins them."""
