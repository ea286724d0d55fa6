"""Addresses of reports and exports."""

from django.urls import path

from reports.views import reports, typed

app_name = "reports"
urlpatterns = [
    path("", reports.report_list, name="report_list"),
    path("export/", reports.export, name="export"),
    path("export/findings/", typed.finding_export, name="finding_export"),
    path("export/statements/", typed.statement_export, name="statement_export"),
    path("export/relations/", typed.relation_export, name="relation_export"),
    path("new/", reports.report_create, name="report_create"),
    path("<int:report_id>/", reports.report_detail, name="report_detail"),
    path("<int:report_id>/edit/", reports.report_edit, name="report_edit"),
    path("<int:report_id>/add/", reports.report_add, name="report_add"),
    path("<int:report_id>/lock/", reports.report_lock, name="report_lock"),
    path("<int:report_id>/delete/", reports.report_delete, name="report_delete"),
    path("<int:report_id>/download/", reports.report_download, name="report_download"),
    path("items/<int:item_id>/note/", reports.item_note, name="item_note"),
    path("items/<int:item_id>/remove/", reports.item_remove, name="item_remove"),
]
