"""Every write about what we hand on, and the plain values exports are written from."""

from reports.services.reports import (
    TOOL,
    ReportLocked,
    add_articles,
    create_report,
    delete_report,
    edit_report,
    lock_report,
    note_item,
    record_export,
    remove_item,
    report_bundle,
    stream_items,
    tool_version,
)

__all__ = [
    "TOOL",
    "ReportLocked",
    "add_articles",
    "create_report",
    "delete_report",
    "edit_report",
    "lock_report",
    "note_item",
    "record_export",
    "remove_item",
    "report_bundle",
    "stream_items",
    "tool_version",
]
