"""The doors beside the form: feeds, sitemaps, files and tables. Pure: bytes in, frozen values out.

Everything here parses what strangers wrote, so services call it through `articles.isolation`.
"""

from .feeds import find_feeds, read_feed, read_sitemap
from .tables import FIELDS, plan_import
from .types import (
    Entry,
    Feed,
    FetchedBody,
    File,
    ImportPlan,
    Opened,
    Row,
    Sitemap,
    Skipped,
    Table,
    Upload,
    UploadRefused,
)
from .uploads import EXTENSIONS, read_upload
from .warc import WebArchive, write_warc

__all__ = [
    "EXTENSIONS",
    "FIELDS",
    "Entry",
    "Feed",
    "FetchedBody",
    "File",
    "ImportPlan",
    "Opened",
    "Row",
    "Sitemap",
    "Skipped",
    "Table",
    "Upload",
    "UploadRefused",
    "WebArchive",
    "find_feeds",
    "plan_import",
    "read_feed",
    "read_sitemap",
    "read_upload",
    "write_warc",
]
