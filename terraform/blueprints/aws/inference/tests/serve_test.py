"""Tests of serve.sh and serve-options.py without a GPU, Docker or AWS: python3 -B tests/serve_test.py"""

import http.server
import json
import os
import pathlib
import shutil
import stat
import subprocess
import sys
import tempfile
import threading
import time
import unittest

BLUEPRINT = pathlib.Path(__file__).resolve().parent.parent
MODULE = BLUEPRINT.parent.parent.parent / "modules/aws/bootstrap/files/bin"
CONFIG = {"num_attention_heads": 28, "num_key_value_heads": 4}

# One program under many names, which notes its calls, an argument a line.
PROGRAM = r"""#!/bin/bash
name=${0##*/}
{ printf '%s' "$name"; printf '\t%s' "$@"; echo; } >>"$SANDBOX/calls"
case "$name $1" in
  nvidia-smi*) cat "$SANDBOX/gpus" ;;
  'aws secretsmanager') cat "$SANDBOX/secret" ;;
  'aws s3') [ ! -e "$SANDBOX/weights" ] || cp "$SANDBOX/weights"/* "$4" ;;
  'docker image') exit 1 ;;
  'docker pull') [ ! -e "$SANDBOX/no-image" ] || { rm "$SANDBOX/no-image"; exit 1; } ;;
  'docker run') echo "api_key: $(grep -o 'VLLM_API_KEY=.*' "$SANDBOX/var/lib/terradev/engine.env" | cut -d= -f2) $(cat "$SANDBOX/secret" 2>/dev/null)" ;;
  'systemctl is-active') echo active ;;
esac
"""


def options(engine="vllm", precision="bf16", gpus="1", shards="", length="", source="a/b", name="a/b", config=None):
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(CONFIG if config is None else config, file)
        file.flush()
        result = subprocess.run([sys.executable, BLUEPRINT / "scripts/serve-options.py", engine, precision, gpus, shards, length, source, name, file.name],
                                capture_output=True, text=True, check=False)
    if result.returncode:
        raise ValueError(result.stderr)
    return result.stdout.split("\0")[:-1]


def value(arguments, name):
    return arguments[arguments.index(name) + 1] if name in arguments else None


class Options(unittest.TestCase):
    def test_a_model_is_split_among_as_many_gpus_as_its_heads_allow(self):
        self.assertEqual([value(options(gpus=str(count)), "--tensor-parallel-size") for count in (1, 2, 3, 4, 8)], ["1", "2", "2", "4", "4"])
        self.assertEqual(value(options(gpus="8", config={"text_config": {"num_attention_heads": 64, "num_key_value_heads": 2}}), "--tensor-parallel-size"), "8")
        self.assertEqual(value(options(gpus="8", config={}), "--tensor-parallel-size"), "8")

    def test_a_wanted_split_is_taken_when_it_can_be(self):
        self.assertEqual(value(options(gpus="8", shards="2"), "--tensor-parallel-size"), "2")
        with self.assertRaisesRegex(ValueError, "the machine has 1 GPUs"):
            options(gpus="1", shards="2")
        with self.assertRaisesRegex(ValueError, "28 heads cannot be split"):
            options(gpus="8", shards="8")

    def test_vllm_gets_the_number_format(self):
        formats = {"fp32": ("float32", None), "bf16": ("bfloat16", None), "fp16": ("float16", None), "fp8": (None, "fp8"), "int4": (None, "bitsandbytes")}
        for precision, expected in formats.items():
            arguments = options(precision=precision)
            self.assertEqual((value(arguments, "--dtype"), value(arguments, "--quantization")), expected, precision)

    def test_tgi_gets_the_number_format(self):
        formats = {"bf16": ("bfloat16", None), "fp16": ("float16", None), "fp8": (None, "fp8"), "int8": (None, "bitsandbytes"), "int4": (None, "bitsandbytes-nf4")}
        for precision, expected in formats.items():
            arguments = options("tgi", precision)
            self.assertEqual((value(arguments, "--dtype"), value(arguments, "--quantize")), expected, precision)

    def test_weights_that_are_quantized_already_are_left_as_they_are(self):
        for precision in ("int4", "int8", "fp4", "bf16"):
            arguments = options(precision=precision, config=CONFIG | {"quantization_config": {"quant_method": "awq"}})
            self.assertFalse({"--dtype", "--quantization"} & set(arguments), precision)

    def test_what_no_engine_makes_of_plain_weights_is_refused(self):
        for engine, precision in (("vllm", "int8"), ("vllm", "fp4"), ("tgi", "fp32")):
            with self.assertRaisesRegex(ValueError, f"{precision} is served only"):
                options(engine, precision)

    def test_the_length_reaches_either_engine(self):
        self.assertEqual(value(options(length="4096"), "--max-model-len"), "4096")
        tgi = options("tgi", length="4096", gpus="2")
        self.assertEqual([value(tgi, name) for name in ("--max-total-tokens", "--max-input-tokens", "--num-shard")], ["4096", "4095", "2"])
        self.assertIsNone(value(options(), "--max-model-len"))


class Server(http.server.BaseHTTPRequestHandler):
    """The hub, the metadata service and the engine's health, as the attributes of the class say."""

    healthy = False
    gated = None

    def do_PUT(self):
        self.answer(b"metadata-token")

    def do_GET(self):
        found = {"/latest/meta-data/local-ipv4": b"10.0.1.20", "/latest/meta-data/public-ipv4": b"198.51.100.20"}.get(self.path)
        if self.path == "/Qwen/Qwen2.5-7B-Instruct/resolve/main/config.json" and Server.gated in (None, self.headers.get("Authorization")):
            found = json.dumps(CONFIG).encode()
        elif self.path == "/health" and Server.healthy:
            found = b""
        self.answer(found)

    def answer(self, body):
        self.send_response(404 if body is None else 200)
        self.send_header("Content-Length", str(len(body or b"")))
        self.end_headers()
        self.wfile.write(body or b"")

    def log_message(self, *_):
        pass


class Serve(unittest.TestCase):
    def setUp(self):
        self.root = pathlib.Path(tempfile.mkdtemp(prefix="serve-"))
        self.addCleanup(shutil.rmtree, self.root)
        fakes = self.root / "fakes"
        binaries = self.root / "opt/terradev/bin"
        for folder in (fakes, binaries, self.root / "etc/terradev", self.root / "run"):
            folder.mkdir(parents=True)
        for name in ("docker", "nvidia-smi", "nvidia-ctk", "nginx", "aws", "systemctl", "dnf"):
            (fakes / name).write_text(PROGRAM)
            (fakes / name).chmod(0o755)
        shutil.copy(MODULE / "terradev-setting", binaries)
        shutil.copy(MODULE / "terradev-metadata", binaries)
        shutil.copy(BLUEPRINT / "scripts/serve.sh", binaries / "serve")
        shutil.copy(BLUEPRINT / "scripts/serve-options.py", binaries / "serve-options")
        (self.root / "gpus").write_text("NVIDIA A10G\n" * 4)
        Server.healthy, Server.gated = False, None
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Server)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.addCleanup(self.server.server_close)
        self.addCleanup(self.server.shutdown)
        self.port = str(self.server.server_address[1])
        self.settings = {"region": "us-east-1", "engine": "vllm", "image": "vllm/vllm-openai:v0.10.2", "model": "huggingface:Qwen/Qwen2.5-7B-Instruct",
                         "precision": "bf16", "port": self.port, "open": "false", "outputs_bucket": "outputs"}

    def start(self, *arguments, **more):
        (self.root / "etc/terradev/environment.json").write_text(json.dumps(self.settings))
        address = f"http://127.0.0.1:{self.port}"
        environment = {"PATH": f"{self.root}/fakes:{os.environ['PATH']}", "SANDBOX": str(self.root), "TERRADEV_ROOT": str(self.root), "TERRADEV_IMDS": address,
                       "TERRADEV_HUB": address, "TERRADEV_RETRY_SECONDS": "0", "TERRADEV_POLL_SECONDS": "0.1", "TERRADEV_PATIENCE_SECONDS": "1"}
        return subprocess.Popen([self.root / "opt/terradev/bin/serve", *arguments], env=environment | more, text=True,
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    def run_to_end(self, *arguments):
        process = self.start(*arguments)
        output, _ = process.communicate(timeout=60)
        return process.returncode, output

    def state(self, name):
        return self.root / "var/lib/terradev" / name

    def calls(self):
        return [line.split("\t") for line in (self.root / "calls").read_text().splitlines()]

    def wait_for(self, process, text):
        seen = ""
        deadline = time.monotonic() + 30
        while text not in seen and time.monotonic() < deadline:
            seen += process.stdout.readline()
        self.assertIn(text, seen)
        return seen

    def test_the_engine_runs_as_a_unit_with_its_key_in_a_file_that_only_root_reads(self):
        code, output = self.run_to_end("prepare")
        self.assertEqual(code, 0, output)
        token = self.state("token").read_text()
        self.assertRegex(token, "^[0-9a-f]{48}$")
        self.assertEqual(self.state("engine.env").read_text(), f"VLLM_API_KEY={token}\nAPI_KEY={token}\n")
        for name in ("token", "engine.env", "redact", "hub-header"):
            self.assertEqual(stat.S_IMODE(self.state(name).stat().st_mode), 0o600, name)
        unit = (self.root / "etc/systemd/system/terradev-engine.service").read_text()
        self.assertIn(f"ExecStart={self.root}/opt/terradev/bin/serve engine\n", unit)
        self.assertIn("Restart=always\n", unit)
        self.assertIn(["systemctl", "restart", "terradev-engine.service"], self.calls())
        self.assertFalse((self.root / "etc/systemd/system/terradev-proxy.service").exists())
        self.assertNotIn(token, output + unit + (self.root / "calls").read_text())

    def test_the_container_is_reached_on_the_machine_alone_and_its_log_holds_no_key(self):
        (self.root / "secret").write_text("hf_aB.c-1")
        self.settings["hub_token_secret"] = "qwen/hub-token"
        self.run_to_end("prepare")
        code, output = self.run_to_end("engine")
        self.assertEqual(code, 0, output)
        run = next(call for call in self.calls() if call[:2] == ["docker", "run"])
        self.assertEqual(value(run, "--publish"), f"127.0.0.1:{self.port}:8000")
        self.assertNotIn("--network", run)
        image = run.index("--")
        self.assertEqual(run[image - 2:image + 2], ["--entrypoint", "python3", "--", "vllm/vllm-openai:v0.10.2"])
        self.assertEqual([value(run[image:], name) for name in ("--model", "--tensor-parallel-size", "--dtype")], ["Qwen/Qwen2.5-7B-Instruct", "4", "bfloat16"])
        for _ in range(100):
            if (self.root / "var/log/terradev/engine.log").read_text():
                break
            time.sleep(0.05)
        self.assertEqual((self.root / "var/log/terradev/engine.log").read_text(), "api_key: (token) (token)\n")

    def test_tgi_keeps_the_entry_of_its_image(self):
        self.settings |= {"engine": "tgi", "image": "ghcr.io/huggingface/text-generation-inference:3.3.4"}
        self.run_to_end("prepare")
        self.run_to_end("engine")
        run = next(call for call in self.calls() if call[:2] == ["docker", "run"])
        self.assertNotIn("--entrypoint", run)
        self.assertEqual(value(run, "--model-id"), "Qwen/Qwen2.5-7B-Instruct")

    def test_the_hub_token_opens_a_gated_model_and_is_on_no_command_line(self):
        (self.root / "secret").write_text("hf_secret")
        Server.gated = "Bearer hf_secret"
        code, output = self.run_to_end("prepare")
        self.assertNotEqual(code, 0)
        self.assertIn("is the model gated", output)
        self.settings["hub_token_secret"] = "qwen/hub-token"
        code, more = self.run_to_end("prepare")
        self.assertEqual(code, 0, more)
        self.assertIn("HF_TOKEN=hf_secret\n", self.state("engine.env").read_text())
        self.assertNotIn("hf_secret", output + more + (self.root / "calls").read_text())

    def test_a_secret_without_a_usable_value_is_told_and_put_nowhere(self):
        (self.root / "secret").write_text("two lines\nPATH=/tmp")
        self.settings["hub_token_secret"] = "qwen/hub-token"
        code, output = self.run_to_end("prepare")
        self.assertEqual(code, 0, output)
        self.assertIn("holds no usable token", output)
        self.assertNotIn("/tmp", self.state("engine.env").read_text())

    def test_a_model_of_the_bucket_is_copied_and_needs_a_config(self):
        self.settings |= {"bucket_model": "my-model/v1", "model": "$(touch /tmp/never)"}
        code, output = self.run_to_end("prepare")
        self.assertNotEqual(code, 0)
        self.assertIn("There is no config.json in production/my-model/v1/", output)
        (self.root / "weights").mkdir()
        (self.root / "weights/config.json").write_text(json.dumps(CONFIG))
        code, output = self.run_to_end("prepare")
        self.assertEqual(code, 0, output)
        self.assertIn(["aws", "s3", "sync", "s3://outputs/production/my-model/v1/", str(self.state("model")), "--delete", "--only-show-errors"], self.calls())
        arguments = self.state("arguments").read_text().split("\0")
        self.assertEqual([value(arguments, "--model"), value(arguments, "--served-model-name")], ["/model", "v1"])

    def test_a_model_that_poses_as_an_option_is_refused(self):
        self.settings["model"] = "huggingface:--trust-remote-code"
        code, output = self.run_to_end("prepare")
        self.assertNotEqual(code, 0)
        self.assertIn("neither on the hub nor in the bucket", output)
        self.assertFalse(self.state("arguments").exists())

    def test_an_open_api_is_behind_tls_and_only_paths_that_ask_for_the_token_are_passed_on(self):
        self.settings["open"] = "true"
        code, output = self.run_to_end("prepare")
        self.assertEqual(code, 0, output)
        proxy = self.state("nginx.conf").read_text()
        self.assertIn(f"listen 10.0.1.20:{self.port} ssl;", proxy)
        self.assertEqual([line.split("{")[0].strip() for line in proxy.splitlines() if "location" in line], ["location /v1/", "location = /health", "location /"])
        self.assertIn("location / { return 404; }", proxy)
        self.assertEqual(stat.S_IMODE(self.state("tls/key.pem").stat().st_mode), 0o600)
        certificate = subprocess.run(["openssl", "x509", "-noout", "-text", "-in", self.state("tls/certificate.pem")], capture_output=True, text=True, check=True).stdout
        self.assertIn("IP Address:10.0.1.20, IP Address:198.51.100.20", certificate)
        self.assertIn(["systemctl", "restart", "terradev-proxy.service"], self.calls())

    def test_a_registry_that_fails_is_asked_again(self):
        (self.root / "no-image").touch()
        code, output = self.run_to_end("prepare")
        self.assertEqual(code, 0, output)
        self.assertEqual(len([call for call in self.calls() if call[:2] == ["docker", "pull"]]), 2)

    def test_an_image_of_ecr_is_pulled_with_the_role(self):
        self.settings["image"] = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/vllm:1"
        self.assertEqual(self.run_to_end("prepare")[0], 0)
        self.assertIn(["docker", "login", "--username", "AWS", "--password-stdin", "123456789012.dkr.ecr.eu-west-1.amazonaws.com"], self.calls())

    def test_what_could_not_be_prepared_is_tried_again_until_it_can(self):
        self.settings["bucket_model"] = "v1"
        process = self.start(TERRADEV_RETRY_SECONDS="0")
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        self.wait_for(process, "Trying again")
        staged = self.root / "staged"
        staged.mkdir()
        (staged / "config.json").write_text(json.dumps(CONFIG))
        staged.rename(self.root / "weights")
        self.wait_for(process, "Started vllm for v1")

    def test_health_is_told_and_a_model_that_stopped_answering_is_restarted_once(self):
        process = self.start()
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        started = ["systemctl", "restart", "terradev-engine.service"]
        self.wait_for(process, "The model does not answer; its unit is active")
        # Never answered: it may be loading, and is left alone.
        self.wait_for(process, "The model does not answer; its unit is active")
        self.assertEqual(self.calls().count(started), 1)
        Server.healthy = True
        self.wait_for(process, "The model answers")
        Server.healthy = False
        self.wait_for(process, "Restarting the model")
        self.wait_for(process, "The model does not answer")
        self.assertEqual(self.calls().count(started), 2)


if __name__ == "__main__":
    unittest.main()
