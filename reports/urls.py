"""Addresses of reports and exports, saved searches and watched entities."""

from django.urls import path

from reports.views import collecting, reports, saved, typed, watching

app_name = "reports"
urlpatterns = [
    path("reports/", reports.report_list, name="report_list"),
    path("reports/collect/", collecting.report_collect, name="collect"),
    path("reports/actions/<int:pk>/undo/", collecting.action_undo, name="action_undo"),
    path("reports/export/", reports.export, name="export"),
    path("reports/export/findings/", typed.finding_export, name="finding_export"),
    path("reports/export/statements/", typed.statement_export, name="statement_export"),
    path("reports/export/relations/", typed.relation_export, name="relation_export"),
    path("reports/new/", reports.report_create, name="report_create"),
    path("reports/<int:report_id>/", reports.report_detail, name="report_detail"),
    path("reports/<int:report_id>/edit/", reports.report_edit, name="report_edit"),
    path("reports/<int:report_id>/add/", reports.report_add, name="report_add"),
    path("reports/<int:report_id>/lock/", reports.report_lock, name="report_lock"),
    path("reports/<int:report_id>/delete/", reports.report_delete, name="report_delete"),
    path("reports/<int:report_id>/download/", reports.report_download, name="report_download"),
    path("reports/items/<int:item_id>/note/", reports.item_note, name="item_note"),
    path("reports/items/<int:item_id>/remove/", reports.item_remove, name="item_remove"),
    path("palette/", collecting.palette, name="palette"),
    path("saved/", saved.saved_list, name="saved_list"),
    path("saved/save/", saved.saved_save, name="saved_save"),
    path("saved/rail/", saved.saved_rail, name="saved_rail"),
    path("saved/<int:pk>/", saved.saved_open, name="saved_open"),
    path("saved/<int:pk>/edit/", saved.saved_edit, name="saved_edit"),
    path("saved/<int:pk>/move/", saved.saved_move, name="saved_move"),
    path("saved/<int:pk>/delete/", saved.saved_delete, name="saved_delete"),
    path("saved/<int:pk>/widget/", saved.saved_widget, name="saved_widget"),
    path("watch/", watching.watch_list, name="watch_list"),
    path("watch/seen/", watching.watch_seen, name="watch_seen"),
    path("watch/entities/<int:pk>/toggle/", watching.watch_toggle, name="watch_toggle"),
    path("watch/entities/<int:pk>/button/", watching.watch_button, name="watch_button"),
    path("watch/<int:pk>/", watching.watch_open, name="watch_open"),
]
