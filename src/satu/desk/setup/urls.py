"""Addresses under Pengaturan; names are the desk's."""

from django.urls import path

from satu.desk.setup import pages, sandbox, untold

urlpatterns = [
    path("sistem/", pages.systems, name="setup-systems"),
    path("sistem/<str:system>/", pages.system, name="setup-system"),
    path("data/", pages.facts, name="setup-facts"),
    path("data/<str:fact>/", pages.fact, name="setup-fact"),
    path("layanan/", pages.services, name="setup-services"),
    path("layanan/<slug:slug>/", pages.service, name="setup-service"),
    path("layanan/<slug:slug>/alur/", pages.process, name="setup-process"),
    path("instansi/", pages.agencies, name="setup-agencies"),
    path("kalender/", pages.calendar, name="setup-calendar"),
    path("templat/", pages.templates, name="setup-templates"),
    path("templat/<slug:slug>/<str:key>/", pages.document, name="setup-document"),
    path("coba/", sandbox.sandbox, name="setup-sandbox"),
    path("tertunda/", untold.untold, name="setup-untold"),
]
