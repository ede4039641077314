"""AWS for tests: moto_server 5.2, with the answers it lacks that the blueprints rely on; machines.py and services.py hold more of them.

usage: python aws_simulator.py -H 127.0.0.1 -p 5000
"""

import copy
import json
import sys
import uuid

from moto.core.responses import ActionResult, EmptyResult
from moto.core.utils import method_names_from_class
from moto.ec2.models import instance_types
from moto.ec2.models.amis import Ami, AmiBackend
from moto.ec2.responses import EC2Response
from moto.iam.access_control import IAMPolicy, PermissionResult
from moto.s3.models import FakeBucket
from moto.server import main
from moto.ssm.models import Parameter, ParameterDict

# --- Instances: moto forgets which spot options RunInstances was given and has no spot request to read them back from,
# shows the security groups of a given network interface at the interface only, where AWS shows them at the instance too,
# and takes a change of the shutdown behaviour for one of the security groups, to none.
# What is added lives on the instance, so that a reset of moto forgets it.

run_instances = EC2Response.run_instances
modify_instance_attribute = EC2Response.modify_instance_attribute
describe_spot_instance_requests = EC2Response.describe_spot_instance_requests
cancel_spot_instance_requests = EC2Response.cancel_spot_instance_requests


def run_instances_completely(self):
    response = run_instances(self)
    market = self._get_param("InstanceMarketOptions", {}) or {}
    for instance in response._result.instances:
        if not instance.security_groups and 0 in instance.nics:
            instance.security_groups = list(instance.nics[0].group_set)
        if market.get("MarketType") == "spot":
            instance.spot_instance_request_id = f"sir-{uuid.uuid4().hex[:17]}"
            instance.spot_options = market.get("SpotOptions") or {}
            instance.spot_request_cancelled = False
    return response


def modify_instance_attribute_only(self):
    behavior = self._get_param("InstanceInitiatedShutdownBehavior.Value")
    if behavior is None:
        return modify_instance_attribute(self)
    self.ec2_backend.get_instance(self._get_param("InstanceId")).instance_initiated_shutdown_behavior = behavior
    return EmptyResult()


def spot_instances(self):
    wanted = self._get_param("SpotInstanceRequestIds", [])
    instances = [i for i in self.ec2_backend.all_instances() if hasattr(i, "spot_options")]
    return [i for i in instances if not wanted or i.spot_instance_request_id in wanted]


def spot_request(instance):
    ended = instance.state in ("shutting-down", "terminated")
    request = {
        "SpotInstanceRequestId": instance.spot_instance_request_id,
        "InstanceId": instance.id,
        "State": "cancelled" if instance.spot_request_cancelled else "closed" if ended else "active",
        "Status": {"Code": "instance-terminated-by-user" if ended else "fulfilled", "Message": ""},
        "Type": instance.spot_options.get("SpotInstanceType", "one-time"),
        "InstanceInterruptionBehavior": instance.spot_options.get("InstanceInterruptionBehavior", "terminate"),
    }
    if instance.spot_options.get("MaxPrice"):
        request["SpotPrice"] = str(instance.spot_options["MaxPrice"])
    return request


def describe_instances_requests(self):
    mine = spot_instances(self)
    if not mine:
        return describe_spot_instance_requests(self)
    return ActionResult({"SpotInstanceRequests": [spot_request(i) for i in mine]})


def cancel_instances_requests(self):
    mine = spot_instances(self)
    if not mine:
        return cancel_spot_instance_requests(self)
    for instance in mine:
        instance.spot_request_cancelled = True
    return ActionResult(
        {"CancelledSpotInstanceRequests": [{"SpotInstanceRequestId": i.spot_instance_request_id, "State": "cancelled"} for i in mine]}
    )


EC2Response.modify_instance_attribute = modify_instance_attribute_only
EC2Response.run_instances = run_instances_completely
EC2Response.describe_spot_instance_requests = describe_instances_requests
EC2Response.cancel_spot_instance_requests = cancel_instances_requests

# --- Instance types: of the V100 machines moto has p3dn.24xlarge alone.
# https://aws.amazon.com/ec2/instance-types/p3/


def add_p3(name, vcpus, memory_mib, gpus):
    machine = copy.deepcopy(instance_types.INSTANCE_TYPES["p3dn.24xlarge"])
    gpu = machine["GpuInfo"]["Gpus"][0]
    gpu.update(Count=gpus, LogicalGpuCount=gpus, MemoryInfo={"SizeInMiB": 16384})
    machine.update(
        InstanceType=name,
        Hypervisor="xen",
        MemoryInfo={"SizeInMiB": memory_mib},
        InstanceStorageSupported=False,
        GpuInfo={"Gpus": [gpu], "TotalGpuMemoryInMiB": gpus * 16384},
    )
    machine.pop("InstanceStorageInfo")
    machine["VCpuInfo"].update(DefaultVCpus=vcpus, DefaultCores=vcpus // 2)
    instance_types.INSTANCE_TYPES[name] = machine
    instance_types.InstanceTypeBackend.instance_types.append(instance_types.InstanceType(name))
    # Offered wherever g4dn.xlarge is.
    for regions in instance_types.INSTANCE_TYPE_OFFERINGS.values():
        for offerings in regions.values():
            offerings += [{**o, "InstanceType": name} for o in offerings if o["InstanceType"] == "g4dn.xlarge"]


add_p3("p3.2xlarge", 8, 62464, 1)
add_p3("p3.8xlarge", 32, 249856, 4)
add_p3("p3.16xlarge", 64, 499712, 8)

# --- Deep Learning AMIs: the parameters are missing, and nobody may write below /aws/service.

IMAGES = {
    "/aws/service/deeplearning/ami/x86_64/base-oss-nvidia-driver-gpu-amazon-linux-2023/latest/ami-id": ("ami-0d1a0000000000001", "x86_64"),
    "/aws/service/deeplearning/ami/arm64/base-oss-nvidia-driver-gpu-amazon-linux-2023/latest/ami-id": ("ami-0d1a0000000000002", "arm64"),
}

load_amis = AmiBackend._load_amis
check_loading_status = ParameterDict._check_loading_status


def load_deep_learning_amis(self):
    load_amis(self)
    for ami_id, architecture in IMAGES.values():
        self.amis[ami_id] = Ami(
            self,
            ami_id=ami_id,
            name="Deep Learning Base OSS Nvidia Driver GPU AMI (Amazon Linux 2023)",
            description="Simulated",
            owner_id="898082745236",
            owner_alias="amazon",
            public=True,
            architecture=architecture,
            hypervisor="xen",
            virtualization_type="hvm",
            root_device_type="ebs",
            root_device_name="/dev/xvda",
        )


def load_deep_learning_parameters(self, key):
    check_loading_status(self, key)
    for name, (ami_id, _) in IMAGES.items() if str(key).startswith("/aws/service/deeplearning") else ():
        if not dict.get(self, name):
            dict.__setitem__(
                self,
                name,
                [
                    Parameter(
                        account_id=self.account_id,
                        name=name,
                        value=ami_id,
                        parameter_type="String",
                        description=None,
                        allowed_pattern=None,
                        keyid=None,
                        last_modified_date=0,
                        version=1,
                        data_type="aws:ec2:image",
                    )
                ],
            )


AmiBackend._load_amis = load_deep_learning_amis
ParameterDict._check_loading_status = load_deep_learning_parameters

# --- Bucket policies: moto ignores conditions, so that a bucket which denies plain HTTP would deny everything.
# What arrives here counts as TLS; a Deny that asks for its absence cannot apply.


def applies_over_tls(statement):
    wanted = (statement.get("Condition") or {}).get("Bool", {}).get("aws:SecureTransport")
    return str(wanted).lower() != "false"


def get_permission(self, action, resource):
    if self.policy is None:
        return PermissionResult.NEUTRAL
    policy = json.loads(self.policy)
    statements = policy["Statement"] if isinstance(policy["Statement"], list) else [policy["Statement"]]
    policy["Statement"] = [s for s in statements if applies_over_tls(s)]
    if not policy["Statement"]:
        return PermissionResult.NEUTRAL
    return IAMPolicy(json.dumps(policy)).is_action_permitted(action, resource)


FakeBucket.get_permission = get_permission

# These wrap what is patched above.
import machines  # noqa: E402, F401
import services  # noqa: E402, F401

if __name__ == "__main__":
    # moto remembers the names of a class's methods.
    getattr(method_names_from_class, "cache_clear", lambda: None)()
    main(sys.argv[1:])
