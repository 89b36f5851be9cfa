"""A registry with one image, made of this machine's own list of packages. Argument: the port to listen on."""
import gzip, hashlib, http.server, io, json, sys, tarfile

FILES = ["/etc/os-release", "/etc/debian_version", "/var/lib/dpkg/status"]


def layer_tar():
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", dereference=True) as archive:
        for name in FILES:
            archive.add(name)
    return buffer.getvalue()


def digest(content):
    return "sha256:" + hashlib.sha256(content).hexdigest()


tar = layer_tar()
layer = gzip.compress(tar)
config = json.dumps(
    {"architecture": "amd64", "os": "linux", "config": {}, "rootfs": {"type": "layers", "diff_ids": [digest(tar)]}}
).encode()
TYPE = "application/vnd.docker.distribution.manifest.v2+json"
manifest = json.dumps(
    {
        "schemaVersion": 2,
        "mediaType": TYPE,
        "config": {
            "mediaType": "application/vnd.docker.container.image.v1+json",
            "size": len(config),
            "digest": digest(config),
        },
        "layers": [
            {
                "mediaType": "application/vnd.docker.image.rootfs.diff.tar.gzip",
                "size": len(layer),
                "digest": digest(layer),
            }
        ],
    }
).encode()
BLOBS = {digest(content): content for content in (layer, config, manifest)}


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        name = self.path.rstrip("/").split("/")[-1]
        content = b"{}" if self.path == "/v2/" else manifest if name == "latest" else BLOBS.get(name)
        self.send_response(404 if content is None else 200)
        self.send_header("Content-Type", TYPE if content == manifest else "application/octet-stream")
        self.send_header("Content-Length", str(len(content or b"")))
        if content is not None:
            self.send_header("Docker-Content-Digest", digest(content))
        self.end_headers()
        if self.command == "GET" and content is not None:
            self.wfile.write(content)

    do_HEAD = do_GET


http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
