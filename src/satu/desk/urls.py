"""Addresses of the desk. No NIK in any of them: whom a page is about is kept on the server."""

from django.urls import include, path

from satu.desk import absences, files, licences, look, officers, pages, queue, reports, tasks, workload

app_name = "desk"
urlpatterns = [
    path("", pages.home, name="home"),
    path("cari/", pages.search, name="search"),
    path("orang/", pages.choose, name="choose"),
    path("alasan/", pages.state_reason, name="open"),
    path("orang/<uuid:inquiry_id>/", pages.person, name="person"),
    path("orang/<uuid:inquiry_id>/<str:system>/", pages.panel, name="panel"),
    path("tugas/", queue.queue, name="tasks"),
    path("tugas/sekaligus/", queue.batch, name="batch"),
    path("tugas/saringan/", queue.keep, name="keep-filter"),
    path("tugas/saringan/<uuid:filter_id>/nama/", queue.rename, name="rename-filter"),
    path("tugas/saringan/<uuid:filter_id>/hapus/", queue.remove, name="remove-filter"),
    path("tugas/<uuid:task_id>/", tasks.task, name="task"),
    path("tugas/<uuid:task_id>/buka-kembali/", tasks.reopen, name="reopen"),
    path("tugas/<uuid:task_id>/pesan/", tasks.message, name="message"),
    path("tugas/<uuid:task_id>/alur/", tasks.process, name="process"),
    path("tugas/<uuid:task_id>/putuskan/", tasks.decide, name="decide"),
    path("tugas/<uuid:task_id>/berkas/<uuid:attachment_id>/hapus/", tasks.remove_file, name="remove-file"),
    path("tugas/<uuid:task_id>/kerjakan/", tasks.take, name="take"),
    path("berkas/<uuid:attachment_id>/", files.attachment, name="attachment"),
    path("izin/", licences.licences, name="licences"),
    path("izin/<uuid:licence_id>/", licences.licence, name="licence"),
    path("izin/<uuid:licence_id>/cabut/", licences.revoke, name="revoke"),
    path("koreksi/", reports.reports, name="reports"),
    path("koreksi/<uuid:report_id>/", reports.report, name="report"),
    path("ketidakhadiran/", absences.absence, name="absence"),
    path("ketidakhadiran/<uuid:absence_id>/akhiri/", absences.end, name="end-absence"),
    path("pengaturan/petugas/<int:officer_id>/ketidakhadiran/", absences.absence_of, name="absence-of"),
    path("pengaturan/", officers.settings, name="settings"),
    path("pengaturan/petugas/", officers.officers, name="officers"),
    path("pengaturan/petugas/tambah/", officers.add, name="add-officer"),
    path("pengaturan/petugas/<int:officer_id>/", officers.officer, name="officer"),
    path("pengaturan/petugas/<int:officer_id>/undang/", officers.invite, name="invite-officer"),
    path("pengaturan/petugas/<int:officer_id>/tangguhkan/", officers.suspend, name="suspend-officer"),
    path("pengaturan/petugas/<int:officer_id>/aktifkan/", officers.resume, name="resume-officer"),
    path("pengaturan/beban/", workload.workload, name="workload"),
    path("pengaturan/beban/beban.csv", workload.as_csv, name="workload-csv"),
    path("pengaturan/", include("satu.desk.setup.urls")),
    path("tampilan/", look.look, name="look"),
]
