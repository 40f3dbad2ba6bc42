"""Addresses of the portal. No NIK in any of them."""

from django.urls import path

from satu.portal.pages import account, bills, cases, documents, files, home, my_data, notices, services, verification

app_name = "portal"
urlpatterns = [
    path("", home.home, name="home"),
    path("layanan/", services.services, name="services"),
    path("layanan/<slug:slug>/", services.service, name="service"),
    path("layanan/<slug:slug>/ajukan/", services.begin, name="begin"),
    path("permohonan/", cases.cases, name="cases"),
    path("permohonan/<uuid:case_id>/", cases.case, name="case"),
    path("permohonan/<uuid:case_id>/kirim/", cases.submit, name="submit"),
    path("permohonan/<uuid:case_id>/perkembangan/", cases.progress, name="progress"),
    path("permohonan/<uuid:case_id>/kirim-lagi/", cases.resubmit, name="resubmit"),
    path("permohonan/<uuid:case_id>/pertanyaan/", cases.questions, name="questions"),
    path("permohonan/<uuid:case_id>/berkas/", cases.attach, name="attach"),
    path("berkas/<uuid:attachment_id>/", files.attachment, name="attachment"),
    path("permohonan/<uuid:case_id>/batal/", cases.withdraw, name="withdraw"),
    path("permohonan/<uuid:case_id>/salah/<str:fact>/", cases.wrong_fact, name="wrong-fact"),
    path("tagihan/", bills.bills, name="bills"),
    path("bayar/<uuid:bill_id>/", bills.bill, name="bill"),
    path("bayar/<uuid:bill_id>/perkembangan/", bills.bill_state, name="bill-state"),
    path("bayar/<uuid:bill_id>/periksa/", bills.check_bill, name="check-bill"),
    path("dokumen/", documents.documents, name="documents"),
    path("dokumen/<uuid:document_id>/", documents.pdf, name="pdf"),
    path("pemberitahuan/", notices.notices, name="notices"),
    path("pemberitahuan/dibaca/", notices.read_all, name="notices-read"),
    path("pemberitahuan/<uuid:notice_id>/buka/", notices.open_notice, name="notice-open"),
    path("pemberitahuan/pengaturan/", notices.settings, name="notice-settings"),
    path("pemberitahuan/pengaturan/<slug:channel>/alamat/", notices.add_address, name="address-add"),
    path("pemberitahuan/pengaturan/<slug:channel>/langganan/", notices.subscribe, name="subscribe"),
    path("pemberitahuan/alamat/<uuid:contact_point_id>/kode/", notices.verify_address, name="address-verify"),
    path("pemberitahuan/alamat/<uuid:contact_point_id>/hapus/", notices.remove_address, name="address-remove"),
    path("data-saya/", my_data.my_data, name="my-data"),
    path("siapa-melihat/", my_data.accesses, name="accesses"),
    path("akun/buka/", account.activate, name="activate"),
    path("akun/pulih/", account.recover, name="recover"),
    path("akun/kode/", account.open_with_code, name="open-with-code"),
    path("v/", verification.by_file, name="verify"),
    path("v/<str:code>", verification.by_code, name="verify-code"),
]
