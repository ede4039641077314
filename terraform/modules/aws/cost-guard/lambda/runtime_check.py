"""Ends what an environment still runs after its deadline or its longest runtime. Called every hour."""

import datetime
import logging
import os
import re

log = logging.getLogger()
log.setLevel(logging.INFO)


def handler(event, context):
    import boto3  # only Lambda has it for certain

    return check(os.environ, boto3.client, datetime.datetime.now(datetime.timezone.utc))


def check(settings, client, now):
    """Ends everything that is overdue, and only then raises for what went wrong, so that the failure is counted."""
    failures = []
    longest = datetime.timedelta(hours=float(settings["MAX_RUNTIME_HOURS"]))

    scheduled = None
    try:
        scheduled = scheduled_deadline(client("scheduler"), settings["SCHEDULE_NAME"])
    except Exception as error:
        failures.append(f"schedule {settings['SCHEDULE_NAME']} cannot be read: {error}")

    group = settings.get("AUTOSCALING_GROUP")
    fleet_limit = None
    if group:
        try:
            fleet_limit = close_fleet(client("autoscaling"), group, scheduled, longest, now)
        except Exception as error:
            failures.append(f"group {group}: {error}")

    terminated = []
    ec2 = client("ec2")
    for machine in machines(ec2, settings["ENVIRONMENT"]):
        name = machine["InstanceId"]
        tags = tags_of(machine)
        if group and tags.get("aws:autoscaling:groupName") == group:
            # While its group runs, it would only be replaced.
            limits = [fleet_limit] if fleet_limit else []
        else:
            limits = []
            deadline = scheduled or tagged_deadline(tags)
            if deadline:
                limits.append(deadline)
            else:
                failures.append(f"{name} has no deadline")
            # A stopped machine keeps the time of its last start.
            if machine["State"]["Name"] in ("pending", "running"):
                limits.append(machine["LaunchTime"] + longest)
        if not limits or now < min(limits):
            continue
        log.info("%s is terminated: it was to end at %s", name, min(limits).isoformat())
        try:
            # One by one: a single refusal among several would spare them all.
            ec2.terminate_instances(InstanceIds=[name])
            terminated.append(name)
        except Exception as error:
            failures.append(f"{name} is not terminated: {error}")

    if failures:
        raise RuntimeError("; ".join(failures))
    return {"terminated": terminated}


def scheduled_deadline(scheduler, name):
    schedule = scheduler.get_schedule(GroupName="default", Name=name)
    # at(2030-01-31T18:05:09), without an offset
    expression = re.fullmatch(r"at\((\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\)", schedule["ScheduleExpression"])
    zone = schedule.get("ScheduleExpressionTimezone", "UTC")
    if expression is None or zone != "UTC":
        raise ValueError(f"{schedule['ScheduleExpression']} {zone} is no time in UTC")
    return datetime.datetime.fromisoformat(expression[1] + "+00:00")


def tagged_deadline(tags):
    try:
        deadline = datetime.datetime.fromisoformat(tags.get("terradev:expires-at", ""))
    except ValueError:
        return None
    return deadline if deadline.tzinfo else None


def close_fleet(autoscaling, group, scheduled, longest, now):
    """Sets an overdue group to 0. Answers when machines of a group that is at 0 are terminated one by one, else None."""
    found = autoscaling.describe_auto_scaling_groups(AutoScalingGroupNames=[group])["AutoScalingGroups"]
    if not found:
        raise LookupError("there is none of that name")
    fleet = found[0]
    deadline = scheduled or tagged_deadline(tags_of(fleet))
    limit = min(filter(None, [deadline, fleet["CreatedTime"] + longest]))
    if now < limit:
        if deadline is None:
            raise LookupError("it has no deadline")
        return None
    if (fleet["MinSize"], fleet["MaxSize"], fleet["DesiredCapacity"]) != (0, 0, 0):
        log.info("group %s is set to 0: it was to end at %s", group, limit.isoformat())
        autoscaling.update_auto_scaling_group(AutoScalingGroupName=group, MinSize=0, MaxSize=0, DesiredCapacity=0)
        return None
    # The group ends its machines itself and lets them finish their requests. An hour later those that it could not
    # end, such as machines protected from scale-in, are treated like any other.
    return limit + datetime.timedelta(hours=1)


def machines(ec2, environment):
    filters = [
        {"Name": "tag:terradev:environment", "Values": [environment]},
        {"Name": "instance-state-name", "Values": ["pending", "running", "stopping", "stopped"]},
    ]
    for page in ec2.get_paginator("describe_instances").paginate(Filters=filters):
        for reservation in page["Reservations"]:
            yield from reservation["Instances"]


def tags_of(thing):
    return {tag["Key"]: tag["Value"] for tag in thing.get("Tags", [])}
