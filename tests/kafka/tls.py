"""Keys for tests, made on the spot: what a broker wants in its properties, and files for clients."""

from __future__ import annotations

from pathlib import Path

import trustme
from cryptography.hazmat.primitives import serialization

PASSWORD = "canary-1618033988"  # of every client's key


def one_line(pem: bytes) -> str:
    """PEM as a value of a Java properties file."""
    return pem.decode().replace("\n", "\\n")


def chain(certificate: trustme.LeafCert) -> bytes:
    """The certificate and those that lead to its authority."""
    return b"".join(blob.bytes() for blob in certificate.cert_chain_pems)


def keystore(authority: trustme.CA, listener: str) -> dict[str, str]:
    """Properties of a listener of `localhost` with a certificate of its own."""
    certificate = authority.issue_cert("localhost")
    key = serialization.load_pem_private_key(certificate.private_key_pem.bytes(), None)
    pkcs8 = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return {
        f"listener.name.{listener}.ssl.keystore.type": "PEM",
        f"listener.name.{listener}.ssl.keystore.certificate.chain": one_line(chain(certificate)),
        f"listener.name.{listener}.ssl.keystore.key": one_line(pkcs8),
    }


def client(authority: trustme.CA, user: str, folder: Path) -> dict[str, object]:
    """Settings, group `kafka`, of a user who shows a certificate; its key has a password."""
    certificate = authority.issue_cert(f"{user}@users.example", common_name=user)
    key = serialization.load_pem_private_key(certificate.private_key_pem.bytes(), None)
    locked = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(PASSWORD.encode()),
    )
    names = {"ssl_ca": "ca.pem", "ssl_cert": f"{user}.pem", "ssl_key": f"{user}.key"}
    for name, text in zip(names.values(), (authority.cert_pem.bytes(), chain(certificate), locked), strict=True):
        (folder / name).write_bytes(text)
    return {
        "security_protocol": "SSL",
        **{key: folder / name for key, name in names.items()},
        "ssl_key_password": PASSWORD,
    }
