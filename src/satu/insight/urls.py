"""Addresses of city hall."""

from django.urls import path

from satu.insight import downloads, pages

app_name = "insight"
urlpatterns = [
    path("", pages.overview, name="overview"),
    path("layanan/", pages.services, name="services"),
    path("isian/", pages.asked, name="asked"),
    path("sistem/", pages.systems, name="systems"),
    path("terbuka/", pages.opened, name="open"),
    path("terbuka/angka.csv", downloads.opened, name="open-csv"),
    path("layanan.csv", downloads.services, name="services-csv"),
    path("harian.csv", downloads.days, name="days-csv"),
    path("kelurahan.csv", downloads.areas, name="areas-csv"),
    path("isian.csv", downloads.asked, name="asked-csv"),
    path("sistem.csv", downloads.systems, name="systems-csv"),
]
