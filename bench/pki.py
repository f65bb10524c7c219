"""Certificates for TLS: one authority, and one certificate that stands for every host of the bench."""

import pathlib
import subprocess


def lay_out(folder, names):
    """Fills a folder as /etc/pki is filled, for connections and for QEMU, and lets the machine see it there."""
    folder.mkdir()
    _openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "7",
             "-subj", "/CN=Bench CA", "-keyout", folder / "ca-key.pem", "-out", folder / "ca.pem")
    _openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", f"/CN={names[0]}",
             "-keyout", folder / "key.pem", "-out", folder / "csr.pem")
    extensions = folder / "extensions"
    extensions.write_text("basicConstraints=critical,CA:FALSE\n"
                          "subjectAltName=" + ",".join(f"DNS:{name}" for name in names) + "\n")
    _openssl("x509", "-req", "-in", folder / "csr.pem", "-CA", folder / "ca.pem", "-CAkey", folder / "ca-key.pem",
             "-CAcreateserial", "-days", "7", "-extfile", extensions, "-out", folder / "cert.pem")
    for place, source in {
        "CA/cacert.pem": "ca.pem",
        "libvirt/servercert.pem": "cert.pem", "libvirt/private/serverkey.pem": "key.pem",
        "libvirt/clientcert.pem": "cert.pem", "libvirt/private/clientkey.pem": "key.pem",
        "qemu/ca-cert.pem": "ca.pem",
        "qemu/server-cert.pem": "cert.pem", "qemu/server-key.pem": "key.pem",
        "qemu/client-cert.pem": "cert.pem", "qemu/client-key.pem": "key.pem",
    }.items():
        (folder / place).parent.mkdir(parents=True, exist_ok=True)
        (folder / place).write_bytes((folder / source).read_bytes())
    pathlib.Path("/etc/pki").mkdir(exist_ok=True)
    subprocess.run(["mount", "--bind", folder, "/etc/pki"], check=True)


def _openssl(*words):
    subprocess.run(["openssl", *map(str, words)], check=True, capture_output=True)
