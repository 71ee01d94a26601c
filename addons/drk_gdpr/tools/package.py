"""Encrypted archive of documents (WinZip AES-256, readable by every usual archive program)."""

import io
import secrets

import pyzipper

PASSPHRASE_BYTES = 18


def new_passphrase():
    """:return: str of 24 letters, digits, ``-`` and ``_`` (144 bits)"""
    return secrets.token_urlsafe(PASSPHRASE_BYTES)


def pack(documents, passphrase):
    """Put documents into an archive that nobody can list or read without the passphrase.

    Names of files name people, and a zip archive shows names even when it is encrypted: so the documents lie in an archive of
    their own inside the encrypted one.

    :param documents: iterable of pairs of file name and bytes; equal names get a number
    :param passphrase: str
    :return: bytes
    """
    inner = io.BytesIO()
    names = set()
    with pyzipper.ZipFile(inner, "w", pyzipper.ZIP_DEFLATED) as archive:
        for name, content in documents:
            archive.writestr(_unique(_plain(name), names), content)
    outer = io.BytesIO()
    with pyzipper.AESZipFile(outer, "w", compression=pyzipper.ZIP_STORED, encryption=pyzipper.WZ_AES) as archive:
        archive.setpassword(passphrase.encode())
        archive.writestr("Dokumente.zip", inner.getvalue())
    return outer.getvalue()


def unpack(content, passphrase):
    """The documents of an archive.

    :param content: bytes of ``pack``
    :param passphrase: str
    :return: dict of file name to bytes
    :raise RuntimeError: when the passphrase is wrong
    """
    with pyzipper.AESZipFile(io.BytesIO(content)) as outer:
        outer.setpassword(passphrase.encode())
        inner = outer.read("Dokumente.zip")
    with pyzipper.ZipFile(io.BytesIO(inner)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _plain(name):
    """A file name without folders, so that unpacking writes nowhere else."""
    name = (
        "".join(char for char in (name or "") if char.isprintable()).replace("\\", "/").rsplit("/", 1)[-1].strip(". ")
    )
    return name[-120:] or "Dokument"


def _unique(name, names):
    stem, dot, suffix = name.rpartition(".")
    number, wanted = 1, name
    while wanted in names:
        number += 1
        wanted = f"{stem} ({number}){dot}{suffix}" if dot else f"{name} ({number})"
    names.add(wanted)
    return wanted
