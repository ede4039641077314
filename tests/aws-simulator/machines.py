"""What moto's EC2 and Auto Scaling lack: imported by aws_simulator.py, which patches RunInstances first."""

import copy
import uuid

from moto.autoscaling.models import AutoScalingBackend, LifecycleHook, FakeScalingPolicy
from moto.autoscaling.responses import AutoScalingResponse
from moto.core.responses import ActionResult, EmptyResult
from moto.ec2.models.elastic_network_interfaces import NetworkInterface
from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models.launch_templates import LaunchTemplateVersion
from moto.ec2.models.security_groups import SecurityGroupRule
from moto.ec2.responses import EC2Response
from moto.ec2.utils import parse_user_data

# --- Launch templates: RunInstances takes from a template what the request leaves out, which moto does for few of the fields,
# and the tags of the template itself must not appear among those of what it launches.

FROM_TEMPLATE = (
    "BlockDeviceMappings",
    "EbsOptimized",
    "IamInstanceProfile",
    "ImageId",
    "InstanceInitiatedShutdownBehavior",
    "InstanceMarketOptions",
    "InstanceType",
    "KeyName",
    "MetadataOptions",
    "Monitoring",
    "NetworkInterfaces",
    "Placement",
    "SecurityGroupIds",
)

run_instances = EC2Response.run_instances
create_version = LaunchTemplateVersion.__init__


def create_version_without_own_tags(self, template, number, data, description):
    data = dict(data)
    # moto reads the user data of a template's first version only.
    if isinstance(data.get("UserData"), (str, bytes)):
        data["UserData"] = parse_user_data(data["UserData"])
    tags = [s for s in data.pop("TagSpecifications", None) or [] if s.get("ResourceType") != "launch-template"]
    if tags:
        data["TagSpecifications"] = tags
    create_version(self, template, number, data, description)


def merge_tags(template, request):
    merged = {}
    for specification in [*template, *request]:
        tags = merged.setdefault(specification["ResourceType"], {})
        tags.update({tag["Key"]: tag["Value"] for tag in specification.get("Tags", [])})
    return [{"ResourceType": kind, "Tags": [{"Key": k, "Value": v} for k, v in tags.items()]} for kind, tags in merged.items()]


# A machine without a public address shows no association; an empty one is taken for an address.
interface_association = NetworkInterface.association.fget
NetworkInterface.association = property(lambda self: interface_association(self) or None)


def run_instances_from_template(self):
    wanted = self._get_param("LaunchTemplate", {})
    if wanted:
        data = self.ec2_backend._get_template_from_args(wanted).data
        # A request may name fields of its own network interface at the instance instead.
        own_network = self._get_param("NetworkInterfaces") or self._get_param("SubnetId") or self._get_param("SecurityGroupIds")
        for field in FROM_TEMPLATE:
            if field in ("NetworkInterfaces", "SecurityGroupIds") and own_network:
                continue
            if self._get_param(field) in (None, [], {}) and data.get(field) not in (None, [], {}):
                self.params[field] = copy.deepcopy(data[field])
        key = "TagSpecification" if "TagSpecification" in self.params else "TagSpecifications"
        tags = merge_tags(data.get("TagSpecifications", []), self._get_param(key, []) or [])
        if tags:
            self.params[key] = tags
    # Read before the request runs, which changes them.
    disks = {m.get("DeviceName"): m.get("Ebs", {}) for m in self._get_param("BlockDeviceMappings", []) or []}
    response = run_instances(self)
    for instance in response._result.instances:
        for device, attached in instance.block_device_mapping.items():
            volume = self.ec2_backend.volumes[attached.volume_id]
            if volume.volume_type == "gp3":
                volume.iops = disks.get(device, {}).get("Iops") or 3000
                volume.throughput = disks.get(device, {}).get("Throughput") or 125
    return response


LaunchTemplateVersion.__init__ = create_version_without_own_tags
EC2Response.run_instances = run_instances_from_template

# --- Detailed monitoring


def monitoring(state):
    def answer(self):
        ids = self._get_param("InstanceIds", [])
        for instance_id in ids:
            self.ec2_backend.get_instance(instance_id).monitoring_state = state
        return ActionResult({"InstanceMonitorings": [{"InstanceId": i, "Monitoring": {"State": state}} for i in ids]})

    return answer


EC2Response.monitor_instances = monitoring("enabled")
EC2Response.unmonitor_instances = monitoring("disabled")

# --- Placement groups live on the backend, so that a reset of moto forgets them.


def placement_groups(self):
    return self.ec2_backend.__dict__.setdefault("placement_groups", {})


def create_placement_group(self):
    name = self._get_param("GroupName")
    if name in placement_groups(self):
        raise EC2ClientError("InvalidPlacementGroup.Duplicate", f"The Placement Group '{name}' already exists.")
    group = {
        "GroupName": name,
        "GroupId": f"pg-{uuid.uuid4().hex[:17]}",
        "GroupArn": f"arn:{self.partition}:ec2:{self.region}:{self.current_account}:placement-group/{name}",
        "State": "available",
        "Strategy": self._get_param("Strategy", "cluster"),
        "Tags": [{"Key": k, "Value": v} for k, v in self._parse_tag_specification().get("placement-group", {}).items()],
    }
    for field in ("PartitionCount", "SpreadLevel"):
        if self._get_param(field):
            group[field] = self._get_param(field)
    placement_groups(self)[name] = group
    return ActionResult({"PlacementGroup": group})


def describe_placement_groups(self):
    groups = placement_groups(self)
    names = self._get_param("GroupNames", []) or list(groups)
    for name in names:
        if name not in groups:
            raise EC2ClientError("InvalidPlacementGroup.Unknown", f"The Placement Group '{name}' is unknown.")
    return ActionResult({"PlacementGroups": [groups[name] for name in names]})


def delete_placement_group(self):
    name = self._get_param("GroupName")
    if any(i.state != "terminated" and getattr(i, "placement_group_name", None) == name for i in self.ec2_backend.all_instances()):
        raise EC2ClientError("InvalidPlacementGroup.InUse", f"The Placement Group '{name}' is in use.")
    placement_groups(self).pop(name, None)
    return EmptyResult()


EC2Response.create_placement_group = create_placement_group
EC2Response.describe_placement_groups = describe_placement_groups
EC2Response.delete_placement_group = delete_placement_group

# --- Security group rules: the description of a rule for another group is kept, but not shown.

SecurityGroupRule.description = property(lambda self: self.ip_range.get("Description") or (self.source_group or {}).get("Description"))

# --- Auto Scaling: moto drops the warm-up time, forgets the mixed-instances policy at an update that does not name it,
# invents a queue and a role for lifecycle hooks and switches policies off.

create_group = AutoScalingResponse.create_auto_scaling_group
update_group = AutoScalingResponse.update_auto_scaling_group
update_group_in_backend = AutoScalingBackend.update_auto_scaling_group
create_hook = LifecycleHook.__init__
create_policy = FakeScalingPolicy.__init__


def keep_what_is_not_changed(self, name, *args, mixed_instances_policy=None, **kwargs):
    group = self.autoscaling_groups.get(name)
    if group is not None and not mixed_instances_policy and not kwargs.get("launch_template") and not kwargs.get("launch_config_name"):
        mixed_instances_policy = copy.deepcopy(group.mixed_instances_policy)
        if mixed_instances_policy:
            # Shown with id and name, but taken with one of them only.
            mixed_instances_policy["LaunchTemplate"]["LaunchTemplateSpecification"].pop("LaunchTemplateName", None)
    return update_group_in_backend(self, name, *args, mixed_instances_policy=mixed_instances_policy, **kwargs)


def with_group_settings(answer):
    def answered(self):
        response = answer(self)
        group = self.autoscaling_backend.autoscaling_groups[self._get_param("AutoScalingGroupName")]
        for field, name in (("DefaultInstanceWarmup", "default_instance_warmup"), ("DefaultCooldown", "default_cooldown")):
            if self._get_param(field) is not None:
                setattr(group, name, int(self._get_param(field)))
        if self._get_param("CapacityRebalance") is not None:
            group.capacity_rebalance = str(self._get_param("CapacityRebalance")).lower() == "true"
        return response

    return answered


def create_hook_as_asked(self, *args, **kwargs):
    create_hook(self, *args, **kwargs)
    self.role_arn = self.notification_target_arn = None


def create_enabled_policy(self, *args, **kwargs):
    create_policy(self, *args, **kwargs)
    self.enabled = True
    self.predictive_scaling_configuration = self.predictive_scaling_configuration or None


AutoScalingBackend.update_auto_scaling_group = keep_what_is_not_changed
AutoScalingResponse.create_auto_scaling_group = with_group_settings(create_group)
AutoScalingResponse.update_auto_scaling_group = with_group_settings(update_group)
LifecycleHook.__init__ = create_hook_as_asked
FakeScalingPolicy.__init__ = create_enabled_policy
