"""Leads a client that knows one https host only to a server on this machine, without touching the client.

usage: tls_front.py HOST PORT_OF_THE_SERVER PORT_TO_LISTEN_ON FOLDER

It is an HTTPS proxy: it takes CONNECT for HOST alone, speaks TLS with a certificate of its own (FOLDER/cert.pem), and
passes on what it hears.
"""

import os
import socket
import ssl
import subprocess
import sys
import threading

host, server, port, folder = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
cert, key = os.path.join(folder, "cert.pem"), os.path.join(folder, "key.pem")
subprocess.run(
    ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", cert, "-days", "2",
     "-subj", f"/CN={host}", "-addext", f"subjectAltName=DNS:{host}"],
    check=True, capture_output=True,
)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(cert, key)


def passing(source, sink):
    try:
        while data := source.recv(65536):
            sink.sendall(data)
    except OSError:
        pass
    finally:
        try:
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            pass


def serve(client):
    head = b""
    while b"\r\n\r\n" not in head:
        data = client.recv(4096)
        if not data:
            return
        head += data
    if not head.startswith(f"CONNECT {host}:443 ".encode()):
        client.sendall(b"HTTP/1.1 403 Forbidden\r\n\r\n")
        return client.close()
    client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
    with context.wrap_socket(client, server_side=True) as secure, socket.create_connection(("127.0.0.1", server)) as plain:
        back = threading.Thread(target=passing, args=(plain, secure), daemon=True)
        back.start()
        passing(secure, plain)
        back.join()


with socket.create_server(("127.0.0.1", port)) as listener:
    print("ready", flush=True)
    while True:
        client, _ = listener.accept()
        threading.Thread(target=serve, args=(client,), daemon=True).start()
