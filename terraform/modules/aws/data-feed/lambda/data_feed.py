"""Copies what changed at one source of data into the datasets bucket. Called by a schedule for each source."""

import collections
import contextlib
import hashlib
import http.client
import ipaddress
import json
import logging
import os
import re
import socket
import ssl
import urllib.parse

log = logging.getLogger()
log.setLevel(logging.INFO)

PART = 16 * 1024 * 1024  # of an upload; S3 takes 10 000 parts, so 156 GiB a file
COPY_AT_ONCE = 5 * 1024**3  # what CopyObject takes
COPY_PART = 512 * 1024 * 1024
LONGEST_LIST = 32 * 1024 * 1024
REDIRECTS = 5

# Seconds before the function's time limit at which no further file is begun, and one that is under way is given up.
BEGIN_BEFORE = 45
GIVE_UP_BEFORE = 15

File = collections.namedtuple("File", "name size metadata copy")


class OutOfTime(Exception):
    pass


def handler(event, context):
    import boto3  # only Lambda has it for certain

    return feed(event, os.environ, boto3.client("s3"), lambda: context.get_remaining_time_in_millis() / 1000, connect)


def feed(source, settings, s3, remaining, connect):
    """Answers how many files were copied, were unchanged and are left for the next run."""
    if not re.fullmatch(r"[a-z][a-z0-9-]{0,14}", source["key"]):
        raise ValueError(f"{source['key']!r} is no key")
    target = Target(s3, settings["BUCKET"], f"{settings['PREFIX']}{source['key']}/", remaining)
    kind, location = source["kind"], source["location"]
    if kind == "http":
        result = copy_page(location, target, connect)
    elif kind == "s3":
        result = copy_changed(files_of_bucket(location, target), target)
    elif kind == "hugging-face":
        result = copy_changed(files_of_dataset(location, target, connect), target)
    else:
        raise ValueError(f"{kind!r} is no kind of source")
    result = {"source": source["key"], **result}
    log.info("%s", json.dumps(result))
    return result


def copy_changed(files, target):
    """Copies every file that can be copied, and only then raises for what went wrong, so that the failure is told."""
    sizes = target.sizes(target.prefix)
    # A run that reaches its time limit must leave less to the next one, and one huge file must not starve the others.
    files = sorted(files, key=lambda file: (target.prefix + file.name in sizes, file.size, file.name))
    copied = unchanged = left = 0
    failures = []
    for number, file in enumerate(files):
        if target.remaining() < BEGIN_BEFORE:
            left = len(files) - number
            break
        try:
            key = target.key(file.name)
            if sizes.get(key) == file.size and target.metadata(key).items() >= file.metadata.items():
                unchanged += 1
                continue
            file.copy(key, file.metadata)
            log.info("copied %r, %d bytes", key, file.size)
            copied += 1
        except OutOfTime:
            left = len(files) - number
            if copied == 0:
                failures.append(f"{file.name!r} with {file.size} bytes does not fit into one run")
            break
        except Exception as error:
            failures.append(f"{file.name!r}: {error}")
    if left:
        log.warning("out of time: %d files are left for the next run", left)
    if failures:
        raise RuntimeError(f"{copied} copied, {unchanged} unchanged, {left} left, {len(failures)} failed: " + "; ".join(failures[:10]))
    return {"copied": copied, "unchanged": unchanged, "left": left}


# Pages of the web


def copy_page(location, target, connect):
    key = target.key(page_name(location))
    # The same name may have come from another address before.
    origin = hashlib.sha256(location.encode()).hexdigest()[:16]
    stored = target.metadata(key) if key in target.sizes(key) else {}
    if stored.get("origin") != origin:
        stored = {}
    headers = {}
    if "etag" in stored:
        headers["If-None-Match"] = stored["etag"]
    elif "last-modified" in stored:
        headers["If-Modified-Since"] = stored["last-modified"]

    with open_url(location, headers, connect) as response:
        if response.status == 304 and headers:
            return {"copied": 0, "unchanged": 1, "left": 0}
        if response.status != 200:
            raise RuntimeError(f"{location} answered {response.status}")
        metadata = {"origin": origin, **validators(response)}
        # Some servers answer conditional requests in full.
        if headers and metadata == stored:
            return {"copied": 0, "unchanged": 1, "left": 0}
        try:
            target.upload(key, metadata, response, response.length, encoding=response.getheader("Content-Encoding"))
        except OutOfTime:
            raise RuntimeError(f"{location} does not fit into one run") from None
    log.info("copied %r", key)
    return {"copied": 1, "unchanged": 0, "left": 0}


def page_name(location):
    last = urllib.parse.unquote(urllib.parse.urlsplit(location).path.rsplit("/", 1)[-1])
    name = re.sub(r"[^A-Za-z0-9._-]", "_", last)[:200]
    return name if name.strip(".") else "download"


def validators(response):
    found = {"etag": response.getheader("ETag"), "last-modified": response.getheader("Last-Modified")}
    if response.length is not None:
        found["size"] = str(response.length)
    # All metadata of an object must be ASCII and fit into 2 KB.
    return {name: value for name, value in found.items() if value and re.fullmatch(r"[!-~]([ -~]{0,254}[!-~])?", value)}


# Buckets


def files_of_bucket(location, target):
    match = re.fullmatch(r"s3://([a-z0-9.-]{3,63})(?:/(.*))?", location)
    if not match:
        raise ValueError(f"{location!r} is no bucket")
    bucket, prefix = match[1], match[2] or ""
    if bucket == target.bucket:
        raise ValueError("the bucket cannot feed itself")
    parent = len(prefix[: prefix.rfind("/") + 1])
    for page in target.s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
        for found in page.get("Contents", []):
            # Consoles make empty objects that stand for folders.
            if not found["Key"].endswith("/"):
                metadata = {"version": found["ETag"].strip('"'), "size": str(found["Size"])}
                yield File(found["Key"][parent:], found["Size"], metadata, copier(target, bucket, found))


def copier(target, bucket, found):
    return lambda key, metadata: target.copy(key, metadata, bucket, found["Key"], found["ETag"], found["Size"])


# Datasets of the Hugging Face Hub


def files_of_dataset(name, target, connect):
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,95}(/[A-Za-z0-9][A-Za-z0-9._-]{0,95})?", name):
        raise ValueError(f"{name!r} is no dataset")
    address = f"https://huggingface.co/api/datasets/{name}?blobs=true"
    with open_url(address, {}, connect) as response:
        if response.status != 200:
            raise RuntimeError(f"{address} answered {response.status}")
        body = response.read(LONGEST_LIST + 1)
    if len(body) > LONGEST_LIST:
        raise RuntimeError(f"{name} has too many files")
    dataset = json.loads(body)
    commit = dataset["sha"]
    if not re.fullmatch(r"[0-9a-f]{40}", commit):
        raise ValueError(f"{commit!r} is no commit")
    for sibling in dataset["siblings"]:
        # {"rfilename": "data/a.csv", "blobId": <git hash>, "size": 7, "lfs": {"sha256": ..., "size": 7} or absent}
        large = sibling.get("lfs")
        version = large["sha256"] if large else sibling["blobId"]
        size = int(sibling["size"])
        # Of the commit that was listed, whatever is pushed meanwhile.
        address = f"https://huggingface.co/datasets/{name}/resolve/{commit}/{urllib.parse.quote(sibling['rfilename'])}"
        yield File(sibling["rfilename"], size, {"version": version, "size": str(size)}, downloader(target, connect, address, size, version, bool(large)))


def downloader(target, connect, address, size, version, large):
    def copy(key, metadata):
        # Git hashes a header before the content.
        digest = hashlib.sha256() if large else hashlib.sha1(b"blob %d\0" % size, usedforsecurity=False)
        with open_url(address, {}, connect) as response:
            if response.status != 200:
                raise RuntimeError(f"{address} answered {response.status}")
            target.upload(key, metadata, response, size, digest, version)

    return copy


# The datasets bucket


class Target:
    def __init__(self, s3, bucket, prefix, remaining):
        self.s3, self.bucket, self.prefix, self.remaining = s3, bucket, prefix, remaining

    def key(self, name):
        # Whoever copies the bucket to a disk must not be led out of the folder.
        if any(part in (".", "..") for part in name.split("/")) or re.search(r"[\x00-\x1f\x7f]", name):
            raise ValueError("not a name to keep a file under")
        return self.prefix + name

    def sizes(self, prefix):
        pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=prefix)
        return {found["Key"]: found["Size"] for page in pages for found in page.get("Contents", [])}

    def metadata(self, key):
        """Of an object that exists; a role that lists only under a prefix gets 403, not 404, for one that does not."""
        return self.s3.head_object(Bucket=self.bucket, Key=key)["Metadata"]

    def upload(self, key, metadata, stream, size, digest=None, expected=None, encoding=None):
        """Stores what the stream holds if it is complete, else nothing."""
        place = {"Bucket": self.bucket, "Key": key}
        described = {"Metadata": metadata, **({"ContentEncoding": encoding} if encoding else {})}

        def check(total):
            if size is not None and total != size:
                raise RuntimeError(f"{total} of {size} bytes came")
            if digest is not None and digest.hexdigest() != expected:
                raise RuntimeError("the content does not match its checksum")

        part = self.read_part(stream, digest)
        if len(part) < PART:
            check(len(part))
            self.s3.put_object(**place, **described, Body=part)
            return
        with self.multipart(place, described) as (upload, parts):
            total = 0
            while part:
                tag = self.s3.upload_part(**place, UploadId=upload, PartNumber=len(parts) + 1, Body=part)["ETag"]
                parts.append({"PartNumber": len(parts) + 1, "ETag": tag})
                total += len(part)
                part = self.read_part(stream, digest)
            check(total)

    def read_part(self, stream, digest):
        part = bytearray()
        while len(part) < PART:
            self.check_time()
            # read() would wait for all of it, however slowly it comes.
            piece = stream.read1(PART - len(part))
            if not piece:
                break
            part += piece
        if digest is not None:
            digest.update(part)
        return bytes(part)

    def copy(self, key, metadata, bucket, source, tag, size):
        """Copies within S3: the bytes do not pass through here."""
        place = {"Bucket": self.bucket, "Key": key}
        # The listed content, or a failure when it was overwritten meanwhile.
        origin = {"CopySource": {"Bucket": bucket, "Key": source}, "CopySourceIfMatch": tag}
        head = self.s3.head_object(Bucket=bucket, Key=source)
        described = {"Metadata": metadata, **{name: head[name] for name in ("ContentType", "ContentEncoding") if head.get(name)}}
        if size <= COPY_AT_ONCE:
            # Tags would need permissions of their own.
            self.s3.copy_object(**place, **origin, **described, MetadataDirective="REPLACE", TaggingDirective="REPLACE")
            return
        step = max(COPY_PART, -(-size // 10_000))
        with self.multipart(place, described) as (upload, parts):
            for start in range(0, size, step):
                self.check_time()
                ranged = f"bytes={start}-{min(start + step, size) - 1}"
                copied = self.s3.upload_part_copy(**place, **origin, UploadId=upload, PartNumber=len(parts) + 1, CopySourceRange=ranged)
                parts.append({"PartNumber": len(parts) + 1, "ETag": copied["CopyPartResult"]["ETag"]})

    @contextlib.contextmanager
    def multipart(self, place, described):
        upload = self.s3.create_multipart_upload(**place, **described)["UploadId"]
        parts = []
        try:
            yield upload, parts
            self.s3.complete_multipart_upload(**place, UploadId=upload, MultipartUpload={"Parts": parts})
        except BaseException:
            # Unfinished uploads are paid for.
            self.s3.abort_multipart_upload(**place, UploadId=upload)
            raise

    def check_time(self):
        if self.remaining() < GIVE_UP_BEFORE:
            raise OutOfTime


# The web


@contextlib.contextmanager
def open_url(url, headers, connect):
    """The answer to a GET, after at most five redirects, each of which is checked like the first address."""
    for _ in range(REDIRECTS + 1):
        parts = urllib.parse.urlsplit(url)
        if parts.scheme != "https" or not parts.hostname or parts.username is not None:
            raise ValueError(f"{url!r} is no plain https address")
        connection = connect(parts.hostname, parts.port or 443)
        try:
            path = urllib.parse.quote(parts.path or "/", safe="/%:=&~+!$,;'@()*")
            query = f"?{urllib.parse.quote(parts.query, safe='/%:=&~+!$,;@()*?')}" if parts.query else ""
            connection.request("GET", path + query, headers={"User-Agent": "terradev-data-feed", "Accept-Encoding": "identity", **headers})
            response = connection.getresponse()
            if response.status not in (301, 302, 303, 307, 308):
                yield response
                return
            if not response.getheader("Location"):
                raise RuntimeError(f"{url} redirects to nowhere")
            url = urllib.parse.urljoin(url, response.getheader("Location"))
        finally:
            connection.close()
    raise RuntimeError(f"{url} redirects too often")


def connect(host, port):
    return CheckedConnection(host, port, timeout=30, context=ssl.create_default_context())


class CheckedConnection(http.client.HTTPSConnection):
    """Connects to an address that was checked, not to a name that may mean another one a moment later."""

    def connect(self):
        address = public_address(self.host, self.port)
        plain = socket.create_connection((address, self.port), self.timeout)
        try:
            self.sock = self._context.wrap_socket(plain, server_hostname=self.host)
        except BaseException:
            plain.close()
            raise


def public_address(host, port):
    found = [entry[4][0] for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    if not found:
        raise ValueError(f"{host} has no address")
    for address in found:
        if not is_public(address):
            raise ValueError(f"{host} is at {address}, which is not public")
    # Functions outside a VPC have no IPv6.
    return next((address for address in found if ":" not in address), found[0])


def is_public(text):
    address = ipaddress.ip_address(text.partition("%")[0])
    if not address.is_global or address.is_multicast:
        return False
    if address.version == 4:
        return True
    # Outside 2000::/3, and in 6to4 and Teredo, an IPv4 address may hide.
    return address in ipaddress.ip_network("2000::/3") and address.sixtofour is None and address.teredo is None
