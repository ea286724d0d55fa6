"""Style sheets, scripts and icons: collected once, packed, under names with their hash that browsers keep for good."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class CollectedStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Hashed names for what was collected, plain names for everything else.

    So tests and single commands need no collecting, and the administration's own files are served as they are.
    """

    def stored_name(self, name: str) -> str:
        """The name with the hash, when the file was collected."""
        plain = self.clean_name(name)
        return str(self.hashed_files.get(self.hash_key(plain), plain))
