"""Tests of lambda/data_feed.py and its zip: python3 terraform/modules/aws/data-feed/tests/data_feed_test.py"""

import contextlib
import hashlib
import http.client
import http.server
import importlib.util
import io
import json
import logging
import pathlib
import re
import sys
import threading
import unittest
import unittest.mock
import zipfile

MODULE = pathlib.Path(__file__).resolve().parent.parent
SOURCE = MODULE / "lambda" / "data_feed.py"

# Terraform would ship a __pycache__ beside the source.
sys.dont_write_bytecode = True
specification = importlib.util.spec_from_file_location("data_feed", SOURCE)
data_feed = importlib.util.module_from_spec(specification)
specification.loader.exec_module(data_feed)
logging.disable(logging.CRITICAL)

SETTINGS = {"BUCKET": "datasets", "PREFIX": "raw/"}
COMMIT = "0123456789abcdef0123456789abcdef01234567"
API = "https://huggingface.co/api/datasets/stanfordnlp/imdb?blobs=true"


class S3:
    """Buckets in memory, with the calls of boto3's client that the function makes."""

    def __init__(self, **buckets):
        self.buckets = {"datasets": {}, **buckets}
        self.uploads = {}
        self.calls = []

    def put(self, bucket, key, body, size=None, **described):
        entry = {"Metadata": {}, **described, "Body": bytes(body), "ETag": f'"{hashlib.md5(body).hexdigest()}"', "Size": len(body) if size is None else size}
        self.buckets[bucket][key] = entry
        return entry

    def get_paginator(self, name):
        assert name == "list_objects_v2"
        return self

    def paginate(self, Bucket, Prefix):
        found = [{"Key": key, "Size": entry["Size"], "ETag": entry["ETag"]} for key, entry in sorted(self.buckets[Bucket].items()) if key.startswith(Prefix)]
        yield from ({"Contents": [each]} for each in found)
        yield {}

    def head_object(self, Bucket, Key):
        self.calls.append("head_object")
        return self.buckets[Bucket][Key]

    def put_object(self, Bucket, Key, Body, **described):
        self.calls.append("put_object")
        self.put(Bucket, Key, Body, **described)

    def create_multipart_upload(self, Bucket, Key, **described):
        self.calls.append("create_multipart_upload")
        name = f"upload-{len(self.calls)}"
        self.uploads[name] = (Bucket, Key, described, {})
        return {"UploadId": name}

    def upload_part(self, Bucket, Key, UploadId, PartNumber, Body):
        self.uploads[UploadId][3][PartNumber] = Body
        return {"ETag": f"part-{PartNumber}"}

    def upload_part_copy(self, Bucket, Key, UploadId, PartNumber, CopySource, CopySourceIfMatch, CopySourceRange):
        first, last = map(int, re.fullmatch(r"bytes=(\d+)-(\d+)", CopySourceRange).groups())
        self.uploads[UploadId][3][PartNumber] = (first, last)
        return {"CopyPartResult": {"ETag": f"part-{PartNumber}"}}

    def complete_multipart_upload(self, Bucket, Key, UploadId, MultipartUpload):
        bucket, key, described, parts = self.uploads.pop(UploadId)
        assert [part["PartNumber"] for part in MultipartUpload["Parts"]] == sorted(parts) == list(range(1, len(parts) + 1))
        self.parts = [parts[number] for number in sorted(parts)]
        ranges = not isinstance(self.parts[0], bytes)
        size = sum(last - first + 1 for first, last in self.parts) if ranges else None
        self.put(bucket, key, b"" if ranges else b"".join(self.parts), size, **described)

    def abort_multipart_upload(self, Bucket, Key, UploadId):
        self.calls.append("abort_multipart_upload")
        del self.uploads[UploadId]

    def copy_object(self, Bucket, Key, CopySource, CopySourceIfMatch, MetadataDirective, TaggingDirective, **described):
        self.calls.append("copy_object")
        source = self.buckets[CopySource["Bucket"]][CopySource["Key"]]
        assert CopySourceIfMatch == source["ETag"] and (MetadataDirective, TaggingDirective) == ("REPLACE", "REPLACE")
        self.put(Bucket, Key, source["Body"], source["Size"], **described)


class Web:
    """An HTTP server on this machine that stands for all hosts."""

    def __init__(self, pages):
        # {url: (status, headers, body)}; a body shorter than its Content-Length breaks off
        self.pages = pages
        self.requests = []
        self.hosts = []
        web = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                url = f"https://{self.headers['Host'].split(':')[0]}{self.path}"
                web.requests.append((url, self.headers))
                status, headers, body = web.pages.get(url, (404, {}, b""))
                if "ETag" in headers and self.headers["If-None-Match"] == headers["ETag"] and not headers.get("X-Deaf"):
                    status, body = 304, b""
                if "ETag" not in headers and "Last-Modified" in headers and self.headers["If-Modified-Since"] == headers["Last-Modified"]:
                    status, body = 304, b""
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                if "Content-Length" not in headers and status != 304:
                    self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                with contextlib.suppress(OSError):
                    self.wfile.write(body)
                self.close_connection = True

            def log_message(self, *arguments):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    def connect(self, host, port):
        self.hosts.append((host, port))
        connection = http.client.HTTPConnection("127.0.0.1", self.server.server_port, timeout=10)
        original = connection.request
        connection.request = lambda method, path, headers: original(method, path, headers={"Host": host, **headers})
        return connection

    def close(self):
        self.server.shutdown()
        self.server.server_close()


def no_connection(host, port):
    raise AssertionError(f"connects to {host}")


class Case(unittest.TestCase):
    def web(self, pages):
        web = Web(pages)
        self.addCleanup(web.close)
        return web

    def feed(self, kind, location, s3, web=None, remaining=lambda: 900, key="feed"):
        return data_feed.feed({"key": key, "kind": kind, "location": location}, SETTINGS, s3, remaining, web.connect if web else no_connection)

    def small_parts(self):
        patch = unittest.mock.patch.object(data_feed, "PART", 1000)
        patch.start()
        self.addCleanup(patch.stop)


class Pages(Case):
    ADDRESS = "https://example.org/data/reviews.csv?version=1"

    def test_are_copied_with_what_tells_a_change(self):
        s3, web = S3(), self.web({self.ADDRESS: (200, {"ETag": '"a1"', "Last-Modified": "Thu, 31 Jan 2030 18:00:00 GMT"}, b"a,b\n1,2\n")})
        self.assertEqual(self.feed("http", self.ADDRESS, s3, web), {"source": "feed", "copied": 1, "unchanged": 0, "left": 0})
        stored = s3.buckets["datasets"]["raw/feed/reviews.csv"]
        self.assertEqual(stored["Body"], b"a,b\n1,2\n")
        self.assertEqual({**stored["Metadata"], "origin": ""}, {"origin": "", "etag": '"a1"', "last-modified": "Thu, 31 Jan 2030 18:00:00 GMT", "size": "8"})

    def test_are_not_copied_again_unless_they_change(self):
        for headers in ({"ETag": '"a1"'}, {"Last-Modified": "Thu, 31 Jan 2030 18:00:00 GMT"}, {"ETag": '"a1"', "X-Deaf": "yes"}):
            with self.subTest(headers):
                s3, web = S3(), self.web({self.ADDRESS: (200, headers, b"one")})
                self.feed("http", self.ADDRESS, s3, web)
                self.assertEqual(self.feed("http", self.ADDRESS, s3, web)["unchanged"], 1)
                self.assertEqual(s3.calls.count("put_object"), 1)
                web.pages[self.ADDRESS] = (200, {name: value.replace("1", "2") for name, value in headers.items()}, b"two")
                self.assertEqual(self.feed("http", self.ADDRESS, s3, web)["copied"], 1)
                self.assertEqual(s3.buckets["datasets"]["raw/feed/reviews.csv"]["Body"], b"two")

    def test_of_another_address_are_copied_under_the_same_name(self):
        other = "https://example.net/reviews.csv"
        s3, web = S3(), self.web({self.ADDRESS: (200, {"ETag": '"a1"'}, b"one"), other: (200, {"ETag": '"a1"'}, b"two")})
        self.feed("http", self.ADDRESS, s3, web)
        self.assertEqual(self.feed("http", other, s3, web)["copied"], 1)
        self.assertEqual(s3.buckets["datasets"]["raw/feed/reviews.csv"]["Body"], b"two")

    def test_without_a_validator_are_copied_each_time(self):
        s3, web = S3(), self.web({self.ADDRESS: (200, {}, b"one")})
        self.feed("http", self.ADDRESS, s3, web)
        self.assertEqual(self.feed("http", self.ADDRESS, s3, web)["copied"], 1)

    def test_are_uploaded_in_parts(self):
        self.small_parts()
        for size in (999, 1000, 1001, 2500):
            with self.subTest(size):
                body = bytes(number % 251 for number in range(size))
                s3, web = S3(), self.web({self.ADDRESS: (200, {"ETag": '"a1"'}, body)})
                self.feed("http", self.ADDRESS, s3, web)
                self.assertEqual(s3.buckets["datasets"]["raw/feed/reviews.csv"]["Body"], body)
                self.assertEqual("put_object" in s3.calls, size < 1000)
                if size >= 1000:
                    self.assertLessEqual(max(map(len, s3.parts)), 1000)

    def test_that_break_off_leave_nothing(self):
        self.small_parts()
        for body in (b"x" * 500, b"x" * 2500):
            with self.subTest(len(body)):
                s3, web = S3(), self.web({self.ADDRESS: (200, {"Content-Length": "3000"}, body)})
                with self.assertRaisesRegex(RuntimeError, f"{len(body)} of 3000 bytes came"):
                    self.feed("http", self.ADDRESS, s3, web)
                self.assertEqual((s3.buckets["datasets"], s3.uploads), ({}, {}))

    def test_that_take_too_long_leave_nothing(self):
        self.small_parts()
        s3, web = S3(), self.web({self.ADDRESS: (200, {}, b"x" * 2500)})
        # Time ends after the first part.
        with self.assertRaisesRegex(RuntimeError, "does not fit into one run"):
            self.feed("http", self.ADDRESS, s3, web, remaining=lambda: 900 if not any(upload[3] for upload in s3.uploads.values()) else 1)
        self.assertEqual((s3.buckets["datasets"], s3.uploads), ({}, {}))
        self.assertIn("abort_multipart_upload", s3.calls)

    def test_follow_redirects_over_https_alone(self):
        there = "https://cdn.example.net/x/reviews-1.csv"
        s3, web = S3(), self.web({self.ADDRESS: (302, {"Location": there}, b""), there: (301, {"Location": "/final"}, b""), "https://cdn.example.net/final": (200, {}, b"one")})
        self.feed("http", self.ADDRESS, s3, web)
        self.assertEqual(web.hosts, [("example.org", 443), ("cdn.example.net", 443), ("cdn.example.net", 443)])
        self.assertEqual(list(s3.buckets["datasets"]), ["raw/feed/reviews.csv"])

        for target in ("http://cdn.example.net/final", "file:///etc/passwd", "https://ada:secret@cdn.example.net/final"):
            with self.subTest(target):
                web.pages[self.ADDRESS] = (302, {"Location": target}, b"")
                with self.assertRaisesRegex(ValueError, "is no plain https address"):
                    self.feed("http", self.ADDRESS, S3(), web)

    def test_that_redirect_for_ever_fail(self):
        web = self.web({self.ADDRESS: (302, {"Location": self.ADDRESS}, b"")})
        with self.assertRaisesRegex(RuntimeError, "redirects too often"):
            self.feed("http", self.ADDRESS, S3(), web)
        self.assertEqual(len(web.requests), 6)

    def test_that_are_missing_fail_and_keep_what_was_there(self):
        s3, web = S3(), self.web({self.ADDRESS: (200, {"ETag": '"a1"'}, b"one")})
        self.feed("http", self.ADDRESS, s3, web)
        web.pages.clear()
        with self.assertRaisesRegex(RuntimeError, "answered 404"):
            self.feed("http", self.ADDRESS, s3, web)
        self.assertEqual(s3.buckets["datasets"]["raw/feed/reviews.csv"]["Body"], b"one")

    def test_are_named_harmlessly(self):
        for location, name in {
            "https://example.org/a/b.csv?x=/y": "b.csv",
            "https://example.org": "download",
            "https://example.org/a/": "download",
            "https://example.org/a/..": "download",
            "https://example.org/%2e%2e%2fetc%2fpasswd": ".._etc_passwd",
            "https://example.org/a%00b%0a": "a_b_",
        }.items():
            self.assertEqual(data_feed.page_name(location), name, location)

    def test_whose_validators_fit_no_metadata_are_copied_without_them(self):
        s3, web = S3(), self.web({self.ADDRESS: (200, {"ETag": '"' + "a" * 300 + '"'}, b"one")})
        self.feed("http", self.ADDRESS, s3, web)
        self.assertEqual(set(s3.buckets["datasets"]["raw/feed/reviews.csv"]["Metadata"]), {"origin", "size"})


class Addresses(unittest.TestCase):
    def resolve(self, *addresses):
        return unittest.mock.patch.object(data_feed.socket, "getaddrinfo", lambda host, port, type: [(0, type, 6, "", (address, port)) for address in addresses])

    def test_inside_a_network_are_refused(self):
        for address in (
            "127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1", "255.255.255.255", "::1", "fe80::1%eth0", "fd00:ec2::254",
            "ff02::1", "::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:a00:1::1", "2001:0:a00:1::1",
        ):
            with self.subTest(address), self.resolve("93.184.215.14", address), self.assertRaisesRegex(ValueError, "which is not public"):
                data_feed.public_address("example.org", 443)

    def test_of_the_public_internet_are_taken(self):
        with self.resolve("2606:2800:21f:cb07:6820:80da:af6b:8b2c", "93.184.215.14"):
            self.assertEqual(data_feed.public_address("example.org", 443), "93.184.215.14")
        with self.resolve("2606:2800:21f:cb07:6820:80da:af6b:8b2c"):
            self.assertEqual(data_feed.public_address("example.org", 443), "2606:2800:21f:cb07:6820:80da:af6b:8b2c")

    def test_are_connected_to_as_checked_under_the_host_s_name(self):
        connection = data_feed.connect("example.org", 8443)
        self.assertEqual((connection._context.check_hostname, connection._context.verify_mode), (True, data_feed.ssl.CERT_REQUIRED))
        connection._context = unittest.mock.Mock()
        with self.resolve("93.184.215.14"), unittest.mock.patch.object(data_feed.socket, "create_connection") as create:
            connection.connect()
        self.assertEqual(create.call_args.args, (("93.184.215.14", 8443), 30))
        connection._context.wrap_socket.assert_called_once_with(create.return_value, server_hostname="example.org")

    def test_are_checked_before_anything_is_sent(self):
        with self.resolve("169.254.169.254"), unittest.mock.patch.object(data_feed.socket, "create_connection") as create:
            with self.assertRaisesRegex(ValueError, "169.254.169.254, which is not public"):
                data_feed.feed({"key": "feed", "kind": "http", "location": "https://example.org/a"}, SETTINGS, S3(), lambda: 900, data_feed.connect)
        create.assert_not_called()


class Buckets(Case):
    def source(self):
        s3 = S3(corpus={})
        s3.put("corpus", "text/en/a.txt", b"aaa", ContentType="text/plain", ContentEncoding="gzip")
        s3.put("corpus", "text/en/deep/b.txt", b"bb")
        s3.put("corpus", "text/en/", b"")
        s3.put("corpus", "text/fr/c.txt", b"c")
        return s3

    def test_are_copied_below_their_prefix(self):
        s3 = self.source()
        self.assertEqual(self.feed("s3", "s3://corpus/text/en/", s3), {"source": "feed", "copied": 2, "unchanged": 0, "left": 0})
        self.assertEqual({key: entry["Body"] for key, entry in s3.buckets["datasets"].items()}, {"raw/feed/a.txt": b"aaa", "raw/feed/deep/b.txt": b"bb"})
        self.assertEqual((s3.buckets["datasets"]["raw/feed/a.txt"]["ContentType"], s3.buckets["datasets"]["raw/feed/a.txt"]["ContentEncoding"]), ("text/plain", "gzip"))

    def test_are_copied_whole_without_a_prefix(self):
        for location in ("s3://corpus", "s3://corpus/"):
            s3 = self.source()
            self.feed("s3", location, s3)
            self.assertEqual(sorted(s3.buckets["datasets"]), ["raw/feed/text/en/a.txt", "raw/feed/text/en/deep/b.txt", "raw/feed/text/fr/c.txt"])

    def test_may_be_one_object(self):
        s3 = self.source()
        self.feed("s3", "s3://corpus/text/fr/c.txt", s3)
        self.assertEqual(list(s3.buckets["datasets"]), ["raw/feed/c.txt"])

    def test_give_only_what_changed(self):
        s3 = self.source()
        self.feed("s3", "s3://corpus/text/en/", s3)
        s3.put("corpus", "text/en/a.txt", b"AAA")
        s3.calls.clear()
        self.assertEqual(self.feed("s3", "s3://corpus/text/en/", s3), {"source": "feed", "copied": 1, "unchanged": 1, "left": 0})
        self.assertEqual(s3.calls.count("copy_object"), 1)
        self.assertEqual(s3.buckets["datasets"]["raw/feed/a.txt"]["Body"], b"AAA")

    def test_give_objects_over_5_gib_in_ranges(self):
        s3 = S3(corpus={})
        size = 5 * 1024**3 + 1
        s3.put("corpus", "big", b"", size)
        s3.put("corpus", "limit", b"", 5 * 1024**3)
        self.feed("s3", "s3://corpus", s3)
        self.assertEqual(s3.calls.count("copy_object"), 1)
        self.assertEqual((s3.parts[0], s3.parts[-1], len(s3.parts)), ((0, 512 * 1024**2 - 1), (5 * 1024**3, 5 * 1024**3), 11))
        self.assertEqual(s3.buckets["datasets"]["raw/feed/big"]["Size"], size)
        self.assertEqual(self.feed("s3", "s3://corpus", s3)["unchanged"], 2)

    def test_never_need_more_than_10000_parts(self):
        s3 = S3(corpus={})
        size = 5 * 1024**4
        s3.put("corpus", "big", b"", size)
        self.feed("s3", "s3://corpus", s3)
        self.assertLessEqual(len(s3.parts), 10_000)
        self.assertEqual(sum(last - first + 1 for first, last in s3.parts), size)

    def test_stop_before_the_time_limit_and_go_on_at_the_next_run(self):
        s3 = S3(corpus={})
        for number in range(5):
            s3.put("corpus", f"{number}.txt", b"x" * (5 - number))
        # Each copy takes 100 seconds.
        clock = lambda: 345 - 100 * s3.calls.count("copy_object")
        self.assertEqual(self.feed("s3", "s3://corpus", s3, remaining=clock), {"source": "feed", "copied": 4, "unchanged": 0, "left": 1})
        self.assertEqual(sorted(s3.buckets["datasets"]), [f"raw/feed/{number}.txt" for number in (1, 2, 3, 4)])
        s3.calls.clear()
        # What is there must not use up the time of what is not.
        clock = lambda: 900 if "copy_object" not in s3.calls else 1
        self.assertEqual(self.feed("s3", "s3://corpus", s3, remaining=clock), {"source": "feed", "copied": 1, "unchanged": 0, "left": 4})
        self.assertEqual(self.feed("s3", "s3://corpus", s3)["unchanged"], 5)

    def test_tell_of_an_object_that_never_fits(self):
        s3 = S3(corpus={})
        s3.put("corpus", "big", b"", 6 * 1024**3)
        clock = lambda: 900 if not any(upload[3] for upload in s3.uploads.values()) else 1
        with self.assertRaisesRegex(RuntimeError, "'big' with 6442450944 bytes does not fit into one run"):
            self.feed("s3", "s3://corpus", s3, remaining=clock)
        self.assertEqual((s3.buckets["datasets"], s3.uploads), ({}, {}))
        # After another one was copied it is simply the next run's.
        s3.put("corpus", "small", b"x")
        self.assertEqual(self.feed("s3", "s3://corpus", s3, remaining=clock), {"source": "feed", "copied": 1, "unchanged": 0, "left": 1})

    def test_with_one_bad_object_give_the_others_and_then_fail(self):
        s3 = S3(corpus={})
        for key in ("../../etc/passwd", "a/./b", "line\nbreak", "good"):
            s3.put("corpus", key, b"x")
        with self.assertRaisesRegex(RuntimeError, "^1 copied, 0 unchanged, 0 left, 3 failed: "):
            self.feed("s3", "s3://corpus", s3)
        self.assertEqual(list(s3.buckets["datasets"]), ["raw/feed/good"])

    def test_cannot_feed_themselves(self):
        with self.assertRaisesRegex(ValueError, "cannot feed itself"):
            self.feed("s3", "s3://datasets/raw/", S3())


class Datasets(Case):
    README = b"# imdb\n"
    TABLE = b"PAR1" * 700

    def hub(self, readme=README, table=TABLE, **pages):
        sha256, git = hashlib.sha256(table).hexdigest(), hashlib.sha1(b"blob %d\0" % len(readme) + readme).hexdigest()
        listed = {
            "sha": COMMIT,
            "siblings": [
                {"rfilename": "README.md", "blobId": git, "size": len(readme)},
                {"rfilename": "plain text/train #1.parquet", "blobId": "f" * 40, "size": len(table), "lfs": {"sha256": sha256, "size": len(table), "pointerSize": 131}},
            ],
        }
        root = f"https://huggingface.co/datasets/stanfordnlp/imdb/resolve/{COMMIT}"
        return {
            API: (200, {}, json.dumps(listed).encode()),
            f"{root}/README.md": (200, {}, readme),
            f"{root}/plain%20text/train%20%231.parquet": (302, {"Location": "https://cdn.example.net/blob"}, b""),
            "https://cdn.example.net/blob": (200, {}, table),
        }

    def test_are_copied_file_by_file_of_one_commit(self):
        self.small_parts()
        s3, web = S3(), self.web(self.hub())
        self.assertEqual(self.feed("hugging-face", "stanfordnlp/imdb", s3, web), {"source": "feed", "copied": 2, "unchanged": 0, "left": 0})
        self.assertEqual(
            {key: entry["Body"] for key, entry in s3.buckets["datasets"].items()},
            {"raw/feed/README.md": self.README, "raw/feed/plain text/train #1.parquet": self.TABLE},
        )
        self.assertEqual(
            s3.buckets["datasets"]["raw/feed/plain text/train #1.parquet"]["Metadata"], {"version": hashlib.sha256(self.TABLE).hexdigest(), "size": "2800"}
        )

    def test_give_only_what_changed(self):
        s3, web = S3(), self.web(self.hub())
        self.feed("hugging-face", "stanfordnlp/imdb", s3, web)
        web.requests.clear()
        web.pages.update(self.hub(readme=b"# IMDB\n"))
        self.assertEqual(self.feed("hugging-face", "stanfordnlp/imdb", s3, web), {"source": "feed", "copied": 1, "unchanged": 1, "left": 0})
        self.assertEqual(len(web.requests), 2)
        self.assertEqual(s3.buckets["datasets"]["raw/feed/README.md"]["Body"], b"# IMDB\n")

    def test_whose_content_does_not_match_are_not_kept(self):
        self.small_parts()
        pages = self.hub()
        pages["https://cdn.example.net/blob"] = (200, {}, b"PAR2" * 700)
        pages[f"https://huggingface.co/datasets/stanfordnlp/imdb/resolve/{COMMIT}/README.md"] = (200, {}, b"# evil\n")
        s3, web = S3(), self.web(pages)
        with self.assertRaisesRegex(RuntimeError, "^0 copied, 0 unchanged, 0 left, 2 failed: .*does not match its checksum.*does not match its checksum"):
            self.feed("hugging-face", "stanfordnlp/imdb", s3, web)
        self.assertEqual((s3.buckets["datasets"], s3.uploads), ({}, {}))

    def test_that_are_gated_fail(self):
        with self.assertRaisesRegex(RuntimeError, "answered 401"):
            self.feed("hugging-face", "stanfordnlp/imdb", S3(), self.web({API: (401, {}, b"")}))

    def test_with_a_list_too_long_for_memory_fail(self):
        with unittest.mock.patch.object(data_feed, "LONGEST_LIST", 100), self.assertRaisesRegex(RuntimeError, "has too many files"):
            self.feed("hugging-face", "stanfordnlp/imdb", S3(), self.web(self.hub()))

    def test_of_a_hostile_hub_reach_no_other_place(self):
        pages = self.hub()
        listed = json.loads(pages[API][2])
        pages[API] = (200, {}, json.dumps({**listed, "sha": "../../../other/resolve/main"}).encode())
        with self.assertRaisesRegex(ValueError, "is no commit"):
            self.feed("hugging-face", "stanfordnlp/imdb", S3(), self.web(pages))


class Sources(Case):
    def test_that_are_not_what_they_say_are_refused(self):
        for kind, location in {"ftp": "ftp://example.org", "http": "http://example.org/a", "s3": "s3://*/", "hugging-face": "a/../b"}.items():
            with self.subTest(kind), self.assertRaises(ValueError):
                self.feed(kind, location, S3())

    def test_with_a_path_as_key_are_refused(self):
        with self.assertRaisesRegex(ValueError, "is no key"):
            self.feed("s3", "s3://corpus", S3(corpus={}), key="../a")


class Package(unittest.TestCase):
    def test_holds_the_source_and_nothing_else(self):
        archive = SOURCE.with_suffix(".zip").read_bytes()
        # Bundles carry files as text.
        self.assertTrue(archive.isascii(), "eng/build-lambdas makes archives of ASCII bytes")
        with zipfile.ZipFile(io.BytesIO(archive)) as package:
            self.assertEqual(package.namelist(), ["data_feed.py"])
            self.assertEqual(package.read("data_feed.py").rstrip(b"\n"), SOURCE.read_bytes().rstrip(b"\n"), "run eng/build-lambdas")
            self.assertEqual(package.infolist()[0].external_attr >> 16, 0o444)

    def test_takes_its_settings_from_terraform(self):
        read = set(re.findall(r"settings\[['\"]([A-Z_]+)['\"]\]", SOURCE.read_text()))
        given = set(re.findall(r"^ +([A-Z_]+) += ", (MODULE / "main.tf").read_text(), re.MULTILINE))
        self.assertEqual(read, given)


if __name__ == "__main__":
    unittest.main()
