"""Addresses of the desk. No NIK in any of them: whom a page is about is kept on the server."""

from django.urls import path

from satu.desk import files, licences, pages, saved, tasks

app_name = "desk"
urlpatterns = [
    path("", pages.home, name="home"),
    path("cari/", pages.search, name="search"),
    path("orang/", pages.choose, name="choose"),
    path("alasan/", pages.state_reason, name="open"),
    path("orang/<uuid:inquiry_id>/", pages.person, name="person"),
    path("orang/<uuid:inquiry_id>/<str:system>/", pages.panel, name="panel"),
    path("tugas/", tasks.queue, name="tasks"),
    path("tugas/<uuid:task_id>/", tasks.task, name="task"),
    path("tugas/<uuid:task_id>/buka-kembali/", tasks.reopen, name="reopen"),
    path("tugas/<uuid:task_id>/pesan/", tasks.message, name="message"),
    path("tugas/<uuid:task_id>/alur/", tasks.process, name="process"),
    path("tugas/<uuid:task_id>/putuskan/", tasks.decide, name="decide"),
    path("berkas/<uuid:attachment_id>/", files.attachment, name="attachment"),
    path("izin/", licences.licences, name="licences"),
    path("izin/<uuid:licence_id>/", licences.licence, name="licence"),
    path("izin/<uuid:licence_id>/cabut/", licences.revoke, name="revoke"),
    path("dihemat/", saved.page, name="saved"),
    path("dihemat/dihemat.csv", saved.as_csv, name="saved-csv"),
    path("tampilan/", pages.look, name="look"),
]
