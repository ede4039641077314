mock_provider "aws" {
  mock_resource "aws_iam_role" {
    defaults = {
      arn = "arn:aws:iam::123456789012:role/mock"
    }
  }

  mock_resource "aws_cloudwatch_log_group" {
    defaults = {
      arn = "arn:aws:logs:eu-west-1:123456789012:log-group:mock"
    }
  }

  mock_resource "aws_lambda_function" {
    defaults = {
      arn = "arn:aws:lambda:eu-west-1:123456789012:function:mock"
    }
  }

  mock_resource "aws_sqs_queue" {
    defaults = {
      arn = "arn:aws:sqs:eu-west-1:123456789012:mock"
      url = "https://sqs.eu-west-1.amazonaws.com/123456789012/mock"
    }
  }
}

variables {
  name        = "bert-lora"
  region      = "eu-west-1"
  environment = "0198f7b2-7a3e-7c11-9d5e-3f1f0c7d2a10"
  bucket      = "bert-lora-datasets"
  bucket_arn  = "arn:aws:s3:::bert-lora-datasets"
  sources = {
    reviews = { kind = "http", location = "https://example.org/reviews.csv" }
    corpus  = { kind = "s3", location = "s3://example-corpus/text/en/", schedule = "cron(0 3 * * ? *)" }
    all     = { kind = "s3", location = "s3://example-whole" }
    imdb    = { kind = "hugging-face", location = "stanfordnlp/imdb", schedule = "rate(6 hours)" }
  }
}

run "each_source_has_its_schedule" {
  assert {
    condition     = output.schedule_names == { all = "bert-lora-feed-all", corpus = "bert-lora-feed-corpus", imdb = "bert-lora-feed-imdb", reviews = "bert-lora-feed-reviews" }
    error_message = "Schedules must be named by name and key."
  }

  assert {
    condition = ({ for key, schedule in aws_scheduler_schedule.source : key => schedule.schedule_expression }
    == { all = "rate(1 day)", corpus = "cron(0 3 * * ? *)", imdb = "rate(6 hours)", reviews = "rate(1 day)" })
    error_message = "Each source must keep its own time, a day where none is given."
  }

  assert {
    condition = alltrue([for schedule in aws_scheduler_schedule.source : schedule.schedule_expression_timezone == "UTC"
      && schedule.target[0].arn == "arn:aws:lambda:eu-west-1:123456789012:function:mock"
      && schedule.target[0].dead_letter_config[0].arn == "arn:aws:sqs:eu-west-1:123456789012:mock"
    && schedule.target[0].retry_policy[0].maximum_retry_attempts == 3])
    error_message = "Schedules must call the function and tell the queue when they cannot."
  }

  assert {
    condition     = jsondecode(aws_scheduler_schedule.source["corpus"].target[0].input) == { key = "corpus", kind = "s3", location = "s3://example-corpus/text/en/" }
    error_message = "The function must be told the source."
  }

  assert {
    condition     = output.function_name == "bert-lora-data-feed" && output.dead_letter_queue_url == "https://sqs.eu-west-1.amazonaws.com/123456789012/mock"
    error_message = "Function and queue must be put out."
  }
}

run "the_function_may_write_under_the_prefix_and_read_its_sources_alone" {
  assert {
    condition = jsondecode(aws_iam_role_policy.function.policy).Statement == [
      {
        Sid      = "WriteLogs"
        Effect   = "Allow"
        Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
        Resource = ["arn:aws:logs:eu-west-1:123456789012:log-group:mock:*"]
      },
      {
        Sid      = "TellFailures"
        Effect   = "Allow"
        Action   = ["sqs:SendMessage"]
        Resource = ["arn:aws:sqs:eu-west-1:123456789012:mock"]
      },
      {
        Sid      = "WriteUnderThePrefix"
        Effect   = "Allow"
        Action   = ["s3:GetObject", "s3:PutObject", "s3:AbortMultipartUpload"]
        Resource = ["arn:aws:s3:::bert-lora-datasets/raw/*"]
      },
      {
        Sid       = "ListThePrefix"
        Effect    = "Allow"
        Action    = ["s3:ListBucket"]
        Resource  = ["arn:aws:s3:::bert-lora-datasets"]
        Condition = { StringLike = { "s3:prefix" = "raw/*" } }
      },
      {
        Sid      = "ReadSources"
        Effect   = "Allow"
        Action   = ["s3:GetObject"]
        Resource = ["arn:aws:s3:::example-whole/*", "arn:aws:s3:::example-corpus/text/en/*"]
      },
      {
        Effect    = "Allow"
        Action    = ["s3:ListBucket"]
        Resource  = ["arn:aws:s3:::example-whole"]
        Condition = { StringEquals = { "s3:prefix" = "" } }
      },
      {
        Effect    = "Allow"
        Action    = ["s3:ListBucket"]
        Resource  = ["arn:aws:s3:::example-corpus"]
        Condition = { StringEquals = { "s3:prefix" = "text/en/" } }
      },
    ]
    error_message = "The function must be limited to its prefix and its sources."
  }
}

run "without_buckets_as_sources_it_reads_none" {
  variables {
    prefix  = "interim/web/"
    sources = { reviews = { kind = "http", location = "https://example.org/reviews.csv" } }
  }

  assert {
    condition = ([for statement in jsondecode(aws_iam_role_policy.function.policy).Statement : join(" ", flatten([statement.Resource])) if anytrue([for action in statement.Action : startswith(action, "s3:")])]
    == ["arn:aws:s3:::bert-lora-datasets/interim/web/*", "arn:aws:s3:::bert-lora-datasets"])
    error_message = "No bucket but the fed one may be reached."
  }
}

run "the_schedules_may_call_the_function_alone" {
  assert {
    condition = jsondecode(aws_iam_role_policy.schedules.policy).Statement == [
      { Effect = "Allow", Action = "lambda:InvokeFunction", Resource = "arn:aws:lambda:eu-west-1:123456789012:function:mock" },
      { Effect = "Allow", Action = "sqs:SendMessage", Resource = "arn:aws:sqs:eu-west-1:123456789012:mock" },
    ]
    error_message = "The schedules' role must be limited to function and queue."
  }

  assert {
    condition = jsondecode(aws_iam_role.schedules.assume_role_policy).Statement[0].Condition.StringEquals == {
      "aws:SourceAccount" = "123456789012"
      "aws:SourceArn"     = "arn:aws:scheduler:eu-west-1:123456789012:schedule-group/default"
    }
    error_message = "Only schedules of the same account may use the role."
  }
}

run "the_function_is_the_packed_one" {
  assert {
    condition = (aws_lambda_function.this.source_code_hash == filebase64sha256("lambda/data_feed.zip") && aws_lambda_function.this.handler == "data_feed.handler"
    && aws_lambda_function.this.runtime == "python3.12" && aws_lambda_function.this.timeout == 900 && aws_lambda_function.this.memory_size == 512)
    error_message = "A new archive must reach the function."
  }

  assert {
    condition     = aws_lambda_function.this.environment[0].variables == tomap({ BUCKET = "bert-lora-datasets", PREFIX = "raw/" })
    error_message = "The function must know where to write."
  }

  assert {
    condition     = aws_cloudwatch_log_group.this.name == "/aws/lambda/${aws_lambda_function.this.function_name}" && aws_cloudwatch_log_group.this.retention_in_days == 30
    error_message = "The log must be the function's and not be kept for ever."
  }
}

run "failures_are_kept_and_told" {
  variables {
    topic_arn = "arn:aws:sns:eu-west-1:123456789012:bert-lora-notifications"
  }

  assert {
    condition = (aws_lambda_function_event_invoke_config.this.function_name == "bert-lora-data-feed" && aws_lambda_function_event_invoke_config.this.maximum_retry_attempts == 1
    && aws_lambda_function_event_invoke_config.this.destination_config[0].on_failure[0].destination == "arn:aws:sqs:eu-west-1:123456789012:mock")
    error_message = "Failed runs must reach the queue after one more attempt."
  }

  assert {
    condition     = aws_sqs_queue.failures.sqs_managed_sse_enabled && aws_sqs_queue.failures.message_retention_seconds == 1209600
    error_message = "The queue must be encrypted and keep messages for 14 days."
  }

  assert {
    condition = (aws_cloudwatch_metric_alarm.failures.dimensions == tomap({ QueueName = "bert-lora-data-feed-failures" })
      && aws_cloudwatch_metric_alarm.failures.metric_name == "ApproximateNumberOfMessagesVisible" && aws_cloudwatch_metric_alarm.failures.namespace == "AWS/SQS"
      && aws_cloudwatch_metric_alarm.failures.threshold == 0 && aws_cloudwatch_metric_alarm.failures.comparison_operator == "GreaterThanThreshold"
    && aws_cloudwatch_metric_alarm.failures.alarm_actions == toset(["arn:aws:sns:eu-west-1:123456789012:bert-lora-notifications"]))
    error_message = "A message in the queue must notify."
  }
}

run "without_a_topic_the_alarm_tells_nobody" {
  assert {
    condition     = length(aws_cloudwatch_metric_alarm.failures.alarm_actions) == 0
    error_message = "There must be no action without a topic."
  }
}

run "locations_stay_literal" {
  command = plan

  variables {
    sources = {
      hostile = { kind = "http", location = "https://example.org/a?b=$${path.module}&c=%%{if}\"'`$(reboot)<aws.scheduler.execution-id>" }
    }
  }

  assert {
    condition     = jsondecode(aws_scheduler_schedule.source["hostile"].target[0].input).location == "https://example.org/a?b=$${path.module}&c=%%{if}\"'`$(reboot)<aws.scheduler.execution-id>"
    error_message = "The location must reach the function as it was given."
  }

  assert {
    condition     = !strcontains(aws_scheduler_schedule.source["hostile"].target[0].input, "<")
    error_message = "Scheduler must not find one of its own attributes in a location."
  }
}

run "tags_reach_every_resource_that_takes_tags" {
  command = plan

  variables {
    tags = { "terradev:environment" = "%%{if}$${path.module}\"" }
  }

  assert {
    condition = alltrue([for tags in [
      aws_iam_role.function.tags, aws_iam_role.schedules.tags, aws_lambda_function.this.tags, aws_sqs_queue.failures.tags, aws_cloudwatch_log_group.this.tags,
      aws_cloudwatch_metric_alarm.failures.tags,
    ] : tags["terradev:environment"] == "%%{if}$${path.module}\"" && tags["Name"] != ""])
    error_message = "Each resource must carry the tags literally, and a name."
  }
}

run "the_longest_names_fit" {
  command = plan

  variables {
    name    = "a234567890123456789012345678901234567890123"
    sources = { a23456789012345 = { kind = "hugging-face", location = "imdb" } }
  }

  assert {
    condition     = alltrue([for name in [aws_iam_role.function.name, aws_iam_role.schedules.name, aws_lambda_function.this.function_name, aws_scheduler_schedule.source["a23456789012345"].name] : length(name) <= 64])
    error_message = "Names must have at most 64 characters."
  }
}

run "arns_follow_the_region_s_partition" {
  variables {
    region  = "cn-north-1"
    sources = { corpus = { kind = "s3", location = "s3://example-corpus/text" } }
  }

  assert {
    condition     = jsondecode(aws_iam_role_policy.function.policy).Statement[4].Resource == ["arn:aws-cn:s3:::example-corpus/text*"]
    error_message = "China has ARNs of its own."
  }
}

run "refuses_what_would_mean_something_in_a_name_or_policy" {
  command = plan

  variables {
    name               = "bert lora"
    region             = "*"
    environment        = "$${aws:username}*"
    bucket             = "a/b"
    bucket_arn         = "arn:aws:s3:::*"
    prefix             = "raw*/"
    topic_arn          = "*"
    log_retention_days = 2
  }

  expect_failures = [var.name, var.region, var.environment, var.bucket, var.bucket_arn, var.prefix, var.topic_arn, var.log_retention_days]
}

run "refuses_to_write_everywhere" {
  command = plan

  variables {
    prefix = ""
  }

  expect_failures = [var.prefix]
}

run "refuses_no_source" {
  command = plan

  variables {
    sources = {}
  }

  expect_failures = [var.sources]
}

run "refuses_a_key_that_is_a_path" {
  command = plan

  variables {
    sources = { "../a" = { kind = "http", location = "https://example.org/a" } }
  }

  expect_failures = [var.sources]
}

run "refuses_an_unknown_kind" {
  command = plan

  variables {
    sources = { a = { kind = "ftp", location = "https://example.org/a" } }
  }

  expect_failures = [var.sources]
}

run "refuses_plain_http" {
  command = plan

  variables {
    sources = { a = { kind = "http", location = "http://example.org/a" } }
  }

  expect_failures = [var.sources]
}

run "refuses_a_password_in_an_address" {
  command = plan

  variables {
    sources = { a = { kind = "http", location = "https://ada:secret@example.org/a" } }
  }

  expect_failures = [var.sources]
}

run "refuses_a_policy_variable_in_a_prefix" {
  command = plan

  variables {
    sources = { a = { kind = "s3", location = "s3://example-corpus/$${aws:username}" } }
  }

  expect_failures = [var.sources]
}

run "refuses_a_wildcard_as_bucket" {
  command = plan

  variables {
    sources = { a = { kind = "s3", location = "s3://*/" } }
  }

  expect_failures = [var.sources]
}

run "refuses_to_feed_a_bucket_with_itself" {
  command = plan

  variables {
    sources = { a = { kind = "s3", location = "s3://bert-lora-datasets/raw/" } }
  }

  expect_failures = [var.sources]
}

run "refuses_more_prefixes_than_fit_into_a_policy" {
  command = plan

  variables {
    sources = { for number in range(6) : "a${number}" => { kind = "s3", location = "s3://example-corpus/${join("", [for _ in range(500) : "a"])}" } }
  }

  expect_failures = [var.sources]
}

run "refuses_a_dataset_that_is_a_path" {
  command = plan

  variables {
    sources = { a = { kind = "hugging-face", location = "stanfordnlp/../imdb" } }
  }

  expect_failures = [var.sources]
}

run "refuses_a_schedule_that_overtakes_itself" {
  command = plan

  variables {
    sources = { a = { kind = "hugging-face", location = "imdb", schedule = "rate(5 minutes)" } }
  }

  expect_failures = [var.sources]
}
