"""Encrypted workbooks: refused, unless Excel itself opens them without asking."""

import io

from pipeline.problems import ProblemError

# Excel encrypts with it what is protected against changes only, and tries it on everything it opens
_KNOWN_TO_EXCEL = "VelvetSweatshop"


def protected(name: str) -> ProblemError:
    return ProblemError(
        name, "a workbook protected by a password", "a workbook that opens without one; ask the office for it"
    )


def opened_as_excel_does(data: bytes, name: str) -> bytes:
    """The bytes of a document, decrypted if need be; one that asks for a password is refused."""
    import msoffcrypto

    try:
        file = msoffcrypto.OfficeFile(io.BytesIO(data))
        is_encrypted = file.is_encrypted()
    except Exception:  # damaged, or no document it knows: the reader says so
        return data
    if not is_encrypted:
        return data
    plain = io.BytesIO()
    try:
        file.load_key(password=_KNOWN_TO_EXCEL)
        file.decrypt(plain)
    except Exception:  # a wrong password shows in as many ways as there are methods of encryption
        raise protected(name) from None
    return plain.getvalue()
