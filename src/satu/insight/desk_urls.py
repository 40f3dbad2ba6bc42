"""What city hall's figures say on the desk, to every officer: under /desk/dihemat/."""

from django.urls import path

from satu.insight import spared

app_name = "spared"
urlpatterns = [
    path("", spared.page, name="page"),
    path("dihemat.csv", spared.as_csv, name="csv"),
]
