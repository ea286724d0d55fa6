"""Make the first administrator with a random password; does nothing where there is one already."""

import os
import secrets
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import transaction

NAME = "admin"


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--password-file", type=Path, required=True, help="written with mode 0600")
        parser.add_argument("--migrate", action="store_true", help="migrate first, in the same process")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["migrate"]:
            call_command("migrate", interactive=False, verbosity=options["verbosity"], stdout=self.stdout)
        people = get_user_model().objects
        with transaction.atomic():
            if people.filter(is_superuser=True).exists():
                self.stdout.write("There is an administrator already.")
                return
            password = secrets.token_urlsafe(12)
            people.create_superuser(username=NAME, email="", password=password)
            # Inside the transaction: an account whose password nobody can read must not exist.
            write_private(options["password_file"], f"user: {NAME}\npassword: {password}\n")
        self.stdout.write(f"Made the administrator {NAME!r}; the password is in {options['password_file']}.")


def write_private(path: Path, text: str) -> None:
    """Write a file only its owner can read, replacing an older one."""
    path.unlink(missing_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as out:
        out.write(text)
