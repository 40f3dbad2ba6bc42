"""Addresses of the interface for programs: the reference, and below ``v1/`` the operations."""

from django.urls import include, path

from satu.api import reference
from satu.api.the_api import patterns

urlpatterns = [
    path("", reference.page, name="api-reference"),
    path("openapi.json", reference.document, name="api-document"),
    path("v1/", include((patterns(), "api"), namespace="api")),
]
