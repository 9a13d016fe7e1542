"""Makes the certificate of the AWS endpoints inside guests, and the authority that guests trust for it.

usage: python make_certificates.py <folder>

Writes ca.pem, ca.key, endpoint.pem and endpoint.key. An authority that is there is kept while it is good for
another certificate: guests and images made from them trust it.
"""
from __future__ import annotations

import os
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path

import botocore.session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

AUTHORITY = "graviton-sandbox local target, this checkout only"
AUTHORITY_DAYS = 3650
# https://support.apple.com/en-us/103769: the longest that every client accepts.
CERTIFICATE_DAYS = 825
USAGES = ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
          "key_cert_sign", "crl_sign", "encipher_only", "decipher_only")


def endpoint_names() -> list[str]:
    """A wildcard stands for one label, so each depth needs its own."""
    regions = botocore.session.get_session().get_available_regions("ec2", partition_name="aws")
    return ["*.amazonaws.com", "*.s3.amazonaws.com"] + [
        f"*.{between}{region}.amazonaws.com" for region in regions for between in ("", "s3.", "dualstack.", "s3.dualstack.")
    ]


def usage(*allowed: str) -> x509.KeyUsage:
    return x509.KeyUsage(**{name: name in allowed for name in USAGES})


def builder(name: str, issuer: str, key: ec.EllipticCurvePublicKey, days: int) -> x509.CertificateBuilder:
    # A clock that runs behind, as those of laptops do after a sleep, shall not refuse it.
    start = datetime.now(timezone.utc) - timedelta(days=1)
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=days))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def make_authority(key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    return (
        builder(AUTHORITY, AUTHORITY, key.public_key(), AUTHORITY_DAYS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage("key_cert_sign", "crl_sign"), critical=True)
        # Should its key get lost, it is worth nothing for any other site.
        .add_extension(x509.NameConstraints([x509.DNSName("amazonaws.com")], None), critical=True)
        .sign(key, hashes.SHA256())
    )


def make_certificate(
    key: ec.EllipticCurvePrivateKey, authority: x509.Certificate, authority_key: ec.EllipticCurvePrivateKey
) -> x509.Certificate:
    names = x509.SubjectAlternativeName([x509.DNSName(name) for name in endpoint_names()])
    issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key())
    return (
        builder("AWS endpoints of the graviton-sandbox local target", AUTHORITY, key.public_key(), CERTIFICATE_DAYS)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage("digital_signature"), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(issuer, critical=False)
        .add_extension(names, critical=False)
        .sign(authority_key, hashes.SHA256())
    )


def write(file: Path, data: bytes) -> None:
    """All or nothing, and never readable by others."""
    draft = file.with_suffix(f".{os.getpid()}")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
        stream.write(data)
    draft.rename(file)


def write_pair(folder: Path, name: str, key: ec.EllipticCurvePrivateKey, certificate: x509.Certificate) -> None:
    encoding = serialization.Encoding.PEM
    plain = (serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    write(folder / f"{name}.key", key.private_bytes(encoding, *plain))
    write(folder / f"{name}.pem", certificate.public_bytes(encoding))


def read_authority(folder: Path) -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate] | None:
    try:
        key = serialization.load_pem_private_key((folder / "ca.key").read_bytes(), None)
        certificate = x509.load_pem_x509_certificate((folder / "ca.pem").read_bytes())
    except (OSError, ValueError):
        return None
    left = certificate.not_valid_after_utc - datetime.now(timezone.utc)
    matches = isinstance(key, ec.EllipticCurvePrivateKey) and key.public_key() == certificate.public_key()
    return (key, certificate) if matches and left > timedelta(days=CERTIFICATE_DAYS) else None


def main(folder: Path) -> None:
    known = read_authority(folder)
    if known is None:
        authority_key = ec.generate_private_key(ec.SECP256R1())
        known = (authority_key, make_authority(authority_key))
        write_pair(folder, "ca", *known)
    authority_key, authority = known
    key = ec.generate_private_key(ec.SECP256R1())
    write_pair(folder, "endpoint", key, make_certificate(key, authority, authority_key))


main(Path(sys.argv[1]))
