"""Every address. Portal at the root, desk under /desk/, city hall under /kota/."""

from django.urls import URLPattern, URLResolver, include, path

from satu.demo.accounts import introductions
from satu.finance import pages as finance
from satu.identity import pages as identity
from satu.messaging import pages as messaging
from satu.theme import pages as theme

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("satu.portal.urls")),
    path("desk/", include("satu.desk.urls")),
    path("desk/dihemat/", include("satu.insight.desk_urls")),
    path("api/", include("satu.api.urls")),
    path("kota/", include("satu.insight.urls")),
    path("pembayaran/kabar/", finance.callback, name="payment-callback"),
    path("masuk/", identity.sign_in, {"introductions": introductions}, name="sign-in"),
    path("masuk/", identity.sign_in, {"introductions": introductions}, name="account_login"),
    path("masuk/demonstrasi/", identity.sign_in_demonstration, name="sign-in-demonstration"),
    path("keluar/", identity.sign_out, name="sign-out"),
    path("", include("satu.identity.urls")),
    path("bahasa/", identity.choose_language, name="language"),
    path("kabar/sms/", messaging.sms_status, name="sms-status"),
    path("tema/<str:version>.css", theme.stylesheet, name="stylesheet"),
]

handler400 = theme.bad_request
handler403 = theme.forbidden
handler404 = theme.not_found
handler429 = theme.too_often
handler500 = theme.broken
