"""Certificates for local servers that speak TLS: each authority is new, and nobody else trusts it."""

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

DAY = timedelta(days=1)


class Authority:
    """Signs certificates; `root` is the file that clients trust it by."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _named("the authority of a test")
        self.root = folder / "root.pem"
        signed = self._certificate(self._name, self._key, x509.BasicConstraints(ca=True, path_length=None))
        self.root.write_bytes(signed.public_bytes(Encoding.PEM))

    def server_for(self, host: str) -> ssl.SSLContext:
        """Return what a server needs that calls itself by this name."""
        key = ec.generate_private_key(ec.SECP256R1())
        signed = self._certificate(_named(host), key, x509.SubjectAlternativeName([x509.DNSName(host)]))
        plain = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        both = self._folder / f"{host}.pem"
        both.write_bytes(plain + signed.public_bytes(Encoding.PEM))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(both)
        return context

    def _certificate(
        self, name: x509.Name, key: ec.EllipticCurvePrivateKey, extension: x509.ExtensionType
    ) -> x509.Certificate:
        now = datetime.now(UTC)
        builder = x509.CertificateBuilder(self._name, name, key.public_key(), x509.random_serial_number())
        dated = builder.not_valid_before(now - DAY).not_valid_after(now + DAY)
        own, theirs = key.public_key(), self._key.public_key()
        return (
            dated.add_extension(extension, critical=isinstance(extension, x509.BasicConstraints))
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(own), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(theirs), critical=False)
            .sign(self._key, SHA256())
        )


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
