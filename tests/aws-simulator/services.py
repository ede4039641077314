"""What moto's other services lack: imported by aws_simulator.py."""

import json
import re
import uuid
from datetime import datetime, timezone
from urllib.parse import parse_qs, unquote

from moto.awslambda.models import LambdaFunction
from moto.budgets.responses import BudgetsResponse
from moto.core import DEFAULT_ACCOUNT_ID
from moto.core.responses import ActionResult
from moto.ec2.models import ec2_backends
from moto.efs.models import FileSystem
from moto.efs.responses import EFSResponse
from moto.moto_server.werkzeug_app import DomainDispatcherApplication
from moto.s3.exceptions import ReplicationConfigurationNotFoundError
from moto.s3.models import s3_backends
from moto.s3.responses import S3Response
from moto.sqs.models import Queue

# --- Budgets: subscribers, tags and changes. All of it lives on the budget, so that a reset of moto forgets it.

create_budget = BudgetsResponse.create_budget


def budgets(self):
    return self.backend.budgets[self._get_param("AccountId") or self.current_account]


def budget_of_arn(self):
    return self.backend.budgets[self.current_account][self._get_param("ResourceARN").split(":budget/", 1)[1]]


def same_notification(a, b):
    return all(a.get(field) == b.get(field) for field in ("NotificationType", "ComparisonOperator")) and float(a["Threshold"]) == float(b["Threshold"])


def create_tagged_budget(self):
    response = create_budget(self)
    budgets(self)[self._get_param("Budget")["BudgetName"]].tags = {t["Key"]: t["Value"] for t in self._get_param("ResourceTags") or []}
    return response


def update_budget(self):
    changed = self._get_param("NewBudget")
    budgets(self)[changed["BudgetName"]].budget.update(changed)
    return "{}"


def describe_subscribers(self):
    wanted = self._get_param("Notification")
    notifications = budgets(self)[self._get_param("BudgetName")].notifications
    return json.dumps({"Subscribers": next((n.subscribers for n in notifications if same_notification(n.details, wanted)), [])})


def list_budget_tags(self):
    return json.dumps({"ResourceTags": [{"Key": k, "Value": v} for k, v in budget_of_arn(self).tags.items()]})


def tag_budget(self):
    budget_of_arn(self).tags.update({t["Key"]: t["Value"] for t in self._get_param("ResourceTags")})
    return "{}"


def untag_budget(self):
    for key in self._get_param("ResourceTagKeys"):
        budget_of_arn(self).tags.pop(key, None)
    return "{}"


BudgetsResponse.create_budget = create_tagged_budget
BudgetsResponse.update_budget = update_budget
BudgetsResponse.describe_subscribers_for_notification = describe_subscribers
BudgetsResponse.list_tags_for_resource = list_budget_tags
BudgetsResponse.tag_resource = tag_budget
BudgetsResponse.untag_resource = untag_budget

# --- EFS: backups are switched on when a file system is made, and never after; a policy is never taken away.


def backup_policy(self):
    status = getattr(self, "_backup_status", "ENABLED" if self._backup else None)
    return {"Status": status} if status else None


def put_backup_policy(self):
    policy = self._get_param("BackupPolicy")
    self.efs_backend.file_systems_by_id[self._get_param("FileSystemId")]._backup_status = policy["Status"]
    return json.dumps({"BackupPolicy": policy}), {"Content-Type": "application/json"}


def delete_file_system_policy(self):
    self.efs_backend.file_systems_by_id[self._get_param("FileSystemId")].file_system_policy = None
    return "{}", {"Content-Type": "application/json"}


FileSystem.backup_policy = property(backup_policy)
EFSResponse.delete_file_system_policy = delete_file_system_policy
EFSResponse.put_backup_policy = put_backup_policy

# --- SQS gives a redrive policy back without spaces.

queue_attributes = Queue.attributes.fget


def compact_attributes(self):
    attributes = queue_attributes(self)
    if attributes.get("RedrivePolicy"):
        attributes["RedrivePolicy"] = json.dumps(self.redrive_policy, separators=(",", ":"))
    return attributes


Queue.attributes = property(compact_attributes)

# --- Lambda: where failed calls and logs go.

create_function = LambdaFunction.__init__
function_configuration = LambdaFunction.get_configuration
update_function = LambdaFunction.update_configuration


def create_whole_function(self, account_id, spec, *args, **kwargs):
    self.also_configured = {k: spec[k] for k in ("DeadLetterConfig", "LoggingConfig") if spec.get(k)}
    create_function(self, account_id, spec, *args, **kwargs)


def whole_configuration(self, *args, **kwargs):
    return {**function_configuration(self, *args, **kwargs), **self.also_configured}


def update_whole_function(self, config_updates):
    self.also_configured.update({k: config_updates[k] for k in ("DeadLetterConfig", "LoggingConfig") if config_updates.get(k)})
    return update_function(self, config_updates)


LambdaFunction.__init__ = create_whole_function
LambdaFunction.get_configuration = whole_configuration
LambdaFunction.update_configuration = update_whole_function

# --- S3 replication: moto answers with rules of its own making.


def get_bucket_replication(self):
    self.data["Action"] = "GetBucketReplication"
    replication = self.backend.get_bucket_replication(self.bucket_name)
    if not replication:
        raise ReplicationConfigurationNotFoundError(bucket_name=self.bucket_name)
    rules = [
        {
            **{k: v for k, v in rule.items() if not k.startswith("@")},
            "Priority": int(rule.get("Priority") or 0),
            "Filter": rule.get("Filter") or {"Prefix": ""},
        }
        for rule in replication["Rule"]
    ]
    return self.serialized(ActionResult({"ReplicationConfiguration": {"Role": replication["Role"], "Rules": rules}}))


S3Response.get_bucket_replication = get_bucket_replication

# --- Whole services and sub-resources that moto has no route for, answered before moto sees the request: Data Lifecycle
# Manager (https://docs.aws.amazon.com/dlm/latest/APIReference/) and S3 Intelligent-Tiering configurations.

dispatch = DomainDispatcherApplication.__call__


def signed_for(environ):
    """Region and service of a signed request: Credential=key/date/region/service/aws4_request."""
    scope = re.search(r"Credential=[^/]+/\d+/([^/]+)/([^/]+)/aws4_request", environ.get("HTTP_AUTHORIZATION", ""))
    return scope.groups() if scope else (None, None)


def body_of(environ):
    return environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))


def lifecycle_policies(environ, region):
    policies = ec2_backends[DEFAULT_ACCOUNT_ID][region].__dict__.setdefault("lifecycle_policies", {})
    method, path = environ["REQUEST_METHOD"], unquote(environ["PATH_INFO"]).strip("/").split("/", 1)
    query = parse_qs(environ.get("QUERY_STRING", ""))
    if path[0] == "tags":
        tags = policies[path[1].rsplit("/", 1)[1]]["Tags"]
        if method == "POST":
            tags.update(json.loads(body_of(environ))["Tags"])
        for key in query.get("tagKeys", []) if method == "DELETE" else []:
            tags.pop(key, None)
        return 200, {"Tags": tags}
    if len(path) == 1 and method == "POST":
        wanted = json.loads(body_of(environ))
        policy_id = f"policy-{uuid.uuid4().hex[:17]}"
        now = datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
        policies[policy_id] = {
            "Tags": {},
            **wanted,
            "PolicyId": policy_id,
            "PolicyArn": f"arn:aws:dlm:{region}:{DEFAULT_ACCOUNT_ID}:policy/{policy_id}",
            "DateCreated": now,
            "DateModified": now,
        }
        return 200, {"PolicyId": policy_id}
    if len(path) == 1:
        return 200, {"Policies": [{k: p.get(k) for k in ("PolicyId", "Description", "State", "Tags")} for p in policies.values()]}
    policy_id = path[1]
    if policy_id not in policies:
        return 404, {"__type": "ResourceNotFoundException", "Code": "ResourceNotFoundException", "Message": f"{policy_id} does not exist.", "ResourceIds": [policy_id]}
    if method == "GET":
        return 200, {"Policy": policies[policy_id]}
    if method == "DELETE":
        del policies[policy_id]
    else:
        policies[policy_id].update(json.loads(body_of(environ)))
    return 200, {}


def tiering_configurations(environ, bucket, configuration_id):
    kept = bucket.__dict__.setdefault("tiering_configurations", {})
    if environ["REQUEST_METHOD"] == "PUT":
        kept[configuration_id] = body_of(environ)
        return 200, b""
    if environ["REQUEST_METHOD"] == "DELETE":
        kept.pop(configuration_id, None)
        return 204, b""
    if configuration_id not in kept:
        return 404, b"<Error><Code>NoSuchConfiguration</Code><Message>The specified configuration does not exist.</Message></Error>"
    return 200, kept[configuration_id]


def dispatch_also(self, environ, start_response):
    region, service = signed_for(environ)
    query = parse_qs(environ.get("QUERY_STRING", ""), keep_blank_values=True)
    bucket = None
    if service == "s3" and "intelligent-tiering" in query and "id" in query:
        bucket = s3_backends[DEFAULT_ACCOUNT_ID]["aws"].buckets.get(environ["PATH_INFO"].strip("/"))
    if service == "dlm":
        status, answer = lifecycle_policies(environ, region)
        body, content_type = json.dumps(answer).encode(), "application/json"
    elif bucket is not None:
        status, body = tiering_configurations(environ, bucket, query["id"][0])
        content_type = "application/xml"
    else:
        return dispatch(self, environ, start_response)
    headers = [("Content-Type", content_type), ("Content-Length", str(len(body)))]
    if status == 404 and service == "dlm":
        headers.append(("x-amzn-ErrorType", "ResourceNotFoundException"))
    start_response({200: "200 OK", 204: "204 No Content", 404: "404 Not Found"}[status], headers)
    return [body]


DomainDispatcherApplication.__call__ = dispatch_also
