"""Tests of lambda/runtime_check.py and its zip: python3 terraform/modules/aws/cost-guard/tests/runtime_check_test.py"""

import datetime
import importlib.util
import io
import logging
import pathlib
import re
import sys
import unittest
import zipfile

MODULE = pathlib.Path(__file__).resolve().parent.parent
SOURCE = MODULE / "lambda" / "runtime_check.py"

# Terraform would ship a __pycache__ beside the source.
sys.dont_write_bytecode = True
specification = importlib.util.spec_from_file_location("runtime_check", SOURCE)
runtime_check = importlib.util.module_from_spec(specification)
specification.loader.exec_module(runtime_check)
logging.disable(logging.CRITICAL)

ENVIRONMENT = "0198f7b2-7a3e-7c11-9d5e-3f1f0c7d2a10"
NOW = datetime.datetime(2030, 1, 31, 18, 0, 0, tzinfo=datetime.timezone.utc)


def hours(number):
    return datetime.timedelta(hours=number)


def machine(name, launched=NOW - hours(1), state="running", environment=ENVIRONMENT, group=None, expires_at="2030-01-31T20:00:00Z"):
    tags = {"terradev:environment": environment, "terradev:expires-at": expires_at, "aws:autoscaling:groupName": group}
    return {
        "InstanceId": name,
        "LaunchTime": launched,
        "State": {"Name": state},
        "Tags": [{"Key": key, "Value": value} for key, value in tags.items() if value is not None],
    }


class Aws:
    """Answers the few calls of the function from memory, two machines a page."""

    def __init__(self, machines=(), schedule="at(2030-01-31T20:00:00)", zone="UTC", refused=(), fleet=None):
        self.all = list(machines)
        self.schedule, self.zone, self.refused, self.fleet = schedule, zone, refused, fleet
        self.terminated, self.updates = [], []

    def client(self, service):
        assert service in ("ec2", "scheduler", "autoscaling"), service
        return self

    def get_schedule(self, GroupName, Name):
        assert (GroupName, Name) == ("default", "bert-lora-deadline")
        if self.schedule is None:
            raise PermissionError("ResourceNotFoundException")
        return {"ScheduleExpression": self.schedule, "ScheduleExpressionTimezone": self.zone}

    def get_paginator(self, operation):
        assert operation == "describe_instances"
        return self

    def paginate(self, Filters):
        wanted = {each["Name"]: each["Values"] for each in Filters}
        found = [
            each
            for each in self.all
            if each["State"]["Name"] in wanted["instance-state-name"]
            and runtime_check.tags_of(each).get("terradev:environment") in wanted["tag:terradev:environment"]
        ]
        for start in range(0, len(found), 2):
            yield {"Reservations": [{"Instances": [each]} for each in found[start : start + 2]]}

    def terminate_instances(self, InstanceIds):
        if any(name in self.refused for name in InstanceIds):
            raise PermissionError("OperationNotPermitted")
        self.terminated += InstanceIds

    def describe_auto_scaling_groups(self, AutoScalingGroupNames):
        assert AutoScalingGroupNames == ["bert-lora-fleet"]
        return {"AutoScalingGroups": [self.fleet] if self.fleet else []}

    def update_auto_scaling_group(self, **arguments):
        self.updates.append(arguments)

    def check(self, group=None, longest="24"):
        settings = {"ENVIRONMENT": ENVIRONMENT, "SCHEDULE_NAME": "bert-lora-deadline", "MAX_RUNTIME_HOURS": longest}
        if group:
            settings["AUTOSCALING_GROUP"] = group
        return runtime_check.check(settings, self.client, NOW)


def fleet(created=NOW - hours(2), sizes=(0, 4, 1), expires_at="2030-01-31T20:00:00Z"):
    return {
        "CreatedTime": created,
        "MinSize": sizes[0],
        "MaxSize": sizes[1],
        "DesiredCapacity": sizes[2],
        "Tags": [{"Key": "terradev:expires-at", "Value": expires_at}] if expires_at else [],
    }


CLOSED = {"AutoScalingGroupName": "bert-lora-fleet", "MinSize": 0, "MaxSize": 0, "DesiredCapacity": 0}


class Machines(unittest.TestCase):
    def test_run_on_before_their_deadline(self):
        aws = Aws([machine("i-1"), machine("i-2", state="stopped")])
        self.assertEqual(aws.check(), {"terminated": []})
        self.assertEqual(aws.terminated, [])

    def test_are_terminated_from_the_deadline_on_whatever_their_state(self):
        aws = Aws([machine(f"i-{state}", state=state) for state in ("pending", "running", "stopping", "stopped", "shutting-down", "terminated")], "at(2030-01-31T18:00:00)")
        self.assertEqual(aws.check(), {"terminated": ["i-pending", "i-running", "i-stopping", "i-stopped"]})

    def test_a_second_before_the_deadline_are_left_alone(self):
        aws = Aws([machine("i-1")], "at(2030-01-31T18:00:01)")
        aws.check()
        self.assertEqual(aws.terminated, [])

    def test_of_other_environments_are_left_alone(self):
        aws = Aws([machine("i-1", environment="another"), machine("i-2", environment=None)], "at(2030-01-31T10:00:00)")
        aws.check()
        self.assertEqual(aws.terminated, [])

    def test_are_terminated_when_they_have_run_too_long(self):
        aws = Aws([machine("i-1", launched=NOW - hours(6)), machine("i-2", launched=NOW - hours(5.9)), machine("i-3", launched=NOW - hours(7), state="stopped")])
        self.assertEqual(aws.check(longest="6"), {"terminated": ["i-1"]})

    def test_follow_the_schedule_rather_than_a_tag(self):
        extended = Aws([machine("i-1", expires_at="2030-01-31T10:00:00Z")], "at(2030-01-31T20:00:00)")
        extended.check()
        self.assertEqual(extended.terminated, [])
        shortened = Aws([machine("i-1", expires_at="2030-01-31T20:00:00Z")], "at(2030-01-31T10:00:00)")
        shortened.check()
        self.assertEqual(shortened.terminated, ["i-1"])

    def test_follow_their_tag_when_the_schedule_cannot_be_read(self):
        for schedule, zone in ((None, "UTC"), ("rate(1 hour)", "UTC"), ("at(2030-01-31T20:00:00)", "Asia/Tokyo"), ("at(2030-02-31T20:00:00)", "UTC")):
            with self.subTest(schedule=schedule, zone=zone):
                aws = Aws([machine("i-1", expires_at="2030-01-31T17:59:59Z"), machine("i-2")], schedule, zone)
                with self.assertRaisesRegex(RuntimeError, "^schedule bert-lora-deadline cannot be read: [^;]*$"):
                    aws.check()
                self.assertEqual(aws.terminated, ["i-1"])

    def test_without_any_deadline_are_reported_and_end_with_the_longest_runtime(self):
        for expires_at in (None, "soon", "2030-01-31T10:00:00", "$(reboot)"):
            with self.subTest(expires_at=expires_at):
                aws = Aws([machine("i-1", expires_at=expires_at), machine("i-2", expires_at=expires_at, launched=NOW - hours(25))], None)
                with self.assertRaisesRegex(RuntimeError, "i-1 has no deadline; i-2 has no deadline"):
                    aws.check()
                self.assertEqual(aws.terminated, ["i-2"])

    def test_that_cannot_be_terminated_spare_no_other(self):
        aws = Aws([machine(f"i-{number}") for number in range(5)], "at(2030-01-31T10:00:00)", refused=["i-0", "i-3"])
        with self.assertRaisesRegex(RuntimeError, "^i-0 is not terminated: OperationNotPermitted; i-3 is not terminated: OperationNotPermitted$"):
            aws.check()
        self.assertEqual(aws.terminated, ["i-1", "i-2", "i-4"])


class Fleets(unittest.TestCase):
    def test_run_on_before_their_deadline_however_old_a_machine_is(self):
        aws = Aws([machine("i-1", launched=NOW - hours(30), group="bert-lora-fleet")], fleet=fleet())
        aws.check("bert-lora-fleet")
        self.assertEqual((aws.updates, aws.terminated), ([], []))

    def test_are_set_to_0_from_the_deadline_on_and_drain_their_machines(self):
        aws = Aws([machine("i-1", group="bert-lora-fleet")], "at(2030-01-31T10:00:00)", fleet=fleet())
        aws.check("bert-lora-fleet")
        self.assertEqual((aws.updates, aws.terminated), ([CLOSED], []))

    def test_are_set_to_0_when_they_have_existed_too_long(self):
        aws = Aws(fleet=fleet(created=NOW - hours(24)))
        aws.check("bert-lora-fleet")
        self.assertEqual(aws.updates, [CLOSED])

    def test_at_0_keep_draining_for_an_hour_and_are_then_emptied(self):
        for deadline, terminated in (("at(2030-01-31T17:00:01)", []), ("at(2030-01-31T17:00:00)", ["i-1"])):
            with self.subTest(deadline=deadline):
                aws = Aws([machine("i-1", group="bert-lora-fleet")], deadline, fleet=fleet(sizes=(0, 0, 0)))
                aws.check("bert-lora-fleet")
                self.assertEqual((aws.updates, aws.terminated), ([], terminated))

    def test_at_0_before_their_deadline_are_left_alone(self):
        aws = Aws([machine("i-1", group="bert-lora-fleet")], fleet=fleet(sizes=(0, 0, 0)))
        aws.check("bert-lora-fleet")
        self.assertEqual((aws.updates, aws.terminated), ([], []))

    def test_do_not_cover_machines_outside_them(self):
        aws = Aws([machine("i-1"), machine("i-2", group="another"), machine("i-3", group="bert-lora-fleet")], "at(2030-01-31T17:59:00)", fleet=fleet())
        self.assertEqual(aws.check("bert-lora-fleet"), {"terminated": ["i-1", "i-2"]})

    def test_follow_their_tag_when_the_schedule_cannot_be_read(self):
        aws = Aws(schedule=None, fleet=fleet(expires_at="2030-01-31T17:59:59Z"))
        with self.assertRaisesRegex(RuntimeError, "^schedule bert-lora-deadline cannot be read: [^;]*$"):
            aws.check("bert-lora-fleet")
        self.assertEqual(aws.updates, [CLOSED])

    def test_that_are_missing_or_have_no_deadline_are_reported(self):
        with self.assertRaisesRegex(RuntimeError, "^group bert-lora-fleet: there is none of that name$"):
            Aws().check("bert-lora-fleet")
        with self.assertRaisesRegex(RuntimeError, "group bert-lora-fleet: it has no deadline"):
            Aws(schedule=None, fleet=fleet(expires_at=None)).check("bert-lora-fleet")

    def test_that_fail_spare_no_machine_outside_them(self):
        aws = Aws([machine("i-1")], "at(2030-01-31T10:00:00)")
        with self.assertRaises(RuntimeError):
            aws.check("bert-lora-fleet")
        self.assertEqual(aws.terminated, ["i-1"])


class Package(unittest.TestCase):
    def test_holds_the_source_and_nothing_else(self):
        archive = SOURCE.with_suffix(".zip").read_bytes()
        # Bundles carry files as text.
        self.assertTrue(archive.isascii(), "eng/build-lambdas makes archives of ASCII bytes")
        with zipfile.ZipFile(io.BytesIO(archive)) as package:
            self.assertEqual(package.namelist(), ["runtime_check.py"])
            self.assertEqual(package.read("runtime_check.py").rstrip(b"\n"), SOURCE.read_bytes().rstrip(b"\n"), "run eng/build-lambdas")
            self.assertEqual(package.infolist()[0].external_attr >> 16, 0o444)

    def test_takes_its_settings_from_terraform(self):
        read = set(re.findall(r'settings(?:\.get\(|\[)"([A-Z_]+)"', SOURCE.read_text()))
        given = set(re.findall(r"^ +([A-Z_]+) += ", (MODULE / "runtime_check.tf").read_text(), re.MULTILINE)) | {"AUTOSCALING_GROUP"}
        self.assertEqual(read, given)


if __name__ == "__main__":
    unittest.main()
