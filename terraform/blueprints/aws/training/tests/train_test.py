"""Tests of train.py that need neither PyTorch nor a GPU: python3 tests/train_test.py"""

import os
import pathlib
import signal
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import train


class Settings(unittest.TestCase):
    def test_a_number_is_read_and_anything_else_refused(self):
        self.assertEqual(train.number({"epochs": "2"}, "epochs", 3), 2)
        self.assertEqual(train.number({"epochs": ""}, "epochs", 3), 3)
        with self.assertRaises(SystemExit):
            train.number({"epochs": "many"}, "epochs", 3)

    def test_only_hugging_face_is_loaded_from(self):
        self.assertEqual(train.hub_id("huggingface:google-bert/bert-base-uncased", "model"), "google-bert/bert-base-uncased")
        with self.assertRaises(SystemExit):
            train.hub_id("elsewhere:a/b", "model")

    def test_weights_follow_mode_and_precision(self):
        self.assertEqual(train.weights("full", "bf16"), ("bfloat16", None))
        self.assertEqual(train.weights("full", "fp16"), ("float32", None))
        self.assertEqual(train.weights("lora", "fp16"), ("float16", None))
        self.assertEqual(train.weights("lora", "int8"), ("bfloat16", {"load_in_8bit": True}))
        self.assertEqual(train.weights("qlora", "bf16")[1]["bnb_4bit_quant_type"], "nf4")
        self.assertEqual(train.weights("qlora", "fp4")[1]["bnb_4bit_quant_type"], "fp4")

    def test_what_cannot_be_trained_is_refused(self):
        for mode, precision in [("inference", "bf16"), ("full", "int4"), ("full", "fp8"), ("lora", "fp8")]:
            with self.subTest(mode=mode, precision=precision), self.assertRaises(SystemExit):
                train.weights(mode, precision)


class Files(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def test_the_newest_checkpoint_is_the_highest_complete_step(self):
        for name, complete in [("checkpoint-9", True), ("checkpoint-10", True), ("checkpoint-11", False), ("checkpoint-best", True)]:
            (self.folder / name).mkdir()
            if complete:
                (self.folder / name / "COMPLETE").touch()
        self.assertEqual(train.newest_checkpoint(self.folder).name, "checkpoint-10")

    def test_without_checkpoints_there_is_none(self):
        self.assertIsNone(train.newest_checkpoint(self.folder))

    def test_the_most_frequent_format_is_loaded(self):
        for name in ["a.csv", "deep/b.jsonl", "deep/c.json", "README.md"]:
            (self.folder / name).parent.mkdir(exist_ok=True)
            (self.folder / name).touch()
        loader, files = train.data_files(self.folder)
        self.assertEqual(loader, "json")
        self.assertEqual([os.path.basename(file) for file in files], ["b.jsonl", "c.json"])

    def test_a_checkpoint_is_wished_by_the_clock_or_on_request(self):
        self.assertFalse(train.wishes_checkpoint(self.folder, 0, 15, 15 * 60 - 1))
        self.assertTrue(train.wishes_checkpoint(self.folder, 0, 15, 15 * 60))
        self.assertFalse(train.wishes_checkpoint(self.folder, 0, 0, 10**6))
        (self.folder / train.REQUEST).touch()
        self.assertTrue(train.wishes_checkpoint(self.folder, 0, 0, 1))

    def test_the_signal_becomes_a_request_that_the_processes_see(self):
        seen = []

        class Child:
            def __init__(self, *_):
                pass

            def wait(child):
                os.kill(os.getpid(), signal.SIGUSR1)
                seen.append((self.folder / train.REQUEST).exists())
                return 7

        os.environ["TERRADEV_CHECKPOINTS"] = str(self.folder)
        real, train.subprocess.Popen = train.subprocess.Popen, Child
        try:
            self.assertEqual(train.main(), 7)
        finally:
            train.subprocess.Popen = real
        self.assertEqual(seen, [True])


if __name__ == "__main__":
    unittest.main()
