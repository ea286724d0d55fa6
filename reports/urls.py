"""Addresses of reports and exports."""

from django.urls import path

from reports import views

app_name = "reports"
urlpatterns = [
    path("", views.report_list, name="report_list"),
    path("export/", views.export, name="export"),
    path("new/", views.report_create, name="report_create"),
    path("<int:report_id>/", views.report_detail, name="report_detail"),
    path("<int:report_id>/edit/", views.report_edit, name="report_edit"),
    path("<int:report_id>/add/", views.report_add, name="report_add"),
    path("<int:report_id>/lock/", views.report_lock, name="report_lock"),
    path("<int:report_id>/delete/", views.report_delete, name="report_delete"),
    path("<int:report_id>/download/", views.report_download, name="report_download"),
    path("items/<int:item_id>/note/", views.item_note, name="item_note"),
    path("items/<int:item_id>/remove/", views.item_remove, name="item_remove"),
]
