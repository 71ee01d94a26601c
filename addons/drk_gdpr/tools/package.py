"""Encrypted archive of documents (WinZip AES-256, readable by every usual archive program)."""

import io
import secrets
import shutil

import pyzipper

PASSPHRASE_BYTES = 18


def new_passphrase():
    """:return: str of 24 letters, digits, ``-`` and ``_`` (144 bits)"""
    return secrets.token_urlsafe(PASSPHRASE_BYTES)


def pack(stream, documents, passphrase):
    """Write documents into an archive that nobody can list or read without the passphrase, piece by piece.

    Names of files name people, and a zip archive shows names even when it is encrypted: so the documents lie in an archive of
    their own inside the encrypted one.

    :param stream: binary file that is written to
    :param documents: iterable of pairs of file name and open binary file, which is closed; equal names get a number
    :param passphrase: str
    :return: int, how many documents
    """
    names = set()
    with pyzipper.AESZipFile(stream, "w", compression=pyzipper.ZIP_STORED, encryption=pyzipper.WZ_AES) as outer:
        outer.setpassword(passphrase.encode())
        with (
            outer.open("Dokumente.zip", "w", force_zip64=True) as member,
            pyzipper.ZipFile(member, "w", pyzipper.ZIP_DEFLATED) as inner,
        ):
            for name, source in documents:
                with source, inner.open(_unique(_plain(name), names), "w", force_zip64=True) as target:
                    shutil.copyfileobj(source, target)
    return len(names)


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
