"""Addresses of one's own account. Views and their names are allauth's, the pages ours."""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from allauth.usersessions import views as sessions
from django.contrib.auth.decorators import login_not_required
from django.urls import path

from satu.identity import pages, token_pages

urlpatterns = [
    path("masuk/kode/", login_not_required(mfa.authenticate), name="mfa_authenticate"),
    path("masuk/kunci/", login_not_required(pages.SignInByKey.as_view()), name="mfa_login_webauthn"),
    path("keluar/", pages.sign_out, name="account_logout"),
    path("akun/", mfa.index, name="mfa_index"),
    path("akun/kata-sandi/", account.password_change, name="account_change_password"),
    path("akun/periksa/", account.reauthenticate, name="account_reauthenticate"),
    path("akun/periksa/kode/", mfa.reauthenticate, name="mfa_reauthenticate"),
    path("akun/periksa/kunci/", webauthn.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    path("akun/aplikasi/pasang/", totp.activate_totp, name="mfa_activate_totp"),
    path("akun/aplikasi/lepas/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("akun/kunci/", webauthn.list_webauthn, name="mfa_list_webauthn"),
    path("akun/kunci/pasang/", webauthn.add_webauthn, name="mfa_add_webauthn"),
    path("akun/kunci/<int:pk>/nama/", webauthn.edit_webauthn, name="mfa_edit_webauthn"),
    path("akun/kunci/<int:pk>/hapus/", webauthn.remove_webauthn, name="mfa_remove_webauthn"),
    path("akun/kode-cadangan/", recovery_codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("akun/kode-cadangan/buat/", recovery_codes.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("akun/sesi/", sessions.list_usersessions, name="usersessions_list"),
    path("akun/sesi/<int:visit_id>/akhiri/", pages.end_visit, name="usersessions_end"),
    path("akun/token/", token_pages.list_tokens, name="account_tokens"),
    path("akun/token/baru/", token_pages.new_token, name="account_token_new"),
    path("akun/token/<uuid:token_id>/akhiri/", token_pages.end_token, name="account_token_end"),
]
