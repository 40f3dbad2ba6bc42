"""Every address. Portal at the root, desk under /desk/."""

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
