variable "name" {
  description = "Prefix of the names of all resources."
  type        = string
  nullable    = false

  validation {
    # Schedules and roles have at most 64 characters, "-feed-" with a key of 15 and "-data-feed-schedules" included.
    condition     = can(regex("^[0-9A-Za-z_-]{1,43}$", var.name))
    error_message = "name must be 1 to 43 letters, digits and _ -."
  }
}

variable "region" {
  description = "Region of the environment."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]+$", var.region))
    error_message = "region must be the code of an AWS region, such as us-east-1."
  }
}

variable "environment" {
  description = "Id of the environment, for descriptions."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$", var.environment))
    error_message = "environment must be 1 to 128 letters, digits and . _ -, starting with a letter or digit."
  }
}

variable "bucket" {
  description = "Name of the bucket that is fed."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", var.bucket))
    error_message = "bucket must be the name of a bucket."
  }
}

variable "bucket_arn" {
  description = "ARN of that bucket."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:s3:::[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", var.bucket_arn))
    error_message = "bucket_arn must be the ARN of a bucket."
  }
}

variable "prefix" {
  description = "Where in the bucket files go; those of a source are under <prefix><key>/. Nothing else can be written."
  type        = string
  nullable    = false
  default     = "raw/"

  validation {
    # Inside a policy, * ? and ${...} would stand for more.
    condition     = can(regex("^([A-Za-z0-9][A-Za-z0-9._-]{0,62}/){1,8}$", var.prefix))
    error_message = "prefix must be folders of letters, digits and . _ -, with a / at the end, such as raw/."
  }
}

variable "sources" {
  description = "What is fed, by key: kind http (location: an https address), s3 (s3://bucket/prefix) or hugging-face (id of a public dataset), and the schedule, rate(...) of 15 minutes or more or cron(...) in UTC."
  type = map(object({
    kind     = string
    location = string
    schedule = optional(string, "rate(1 day)")
  }))
  nullable = false

  validation {
    condition     = length(var.sources) >= 1 && length(var.sources) <= 20 && alltrue([for key in keys(var.sources) : can(regex("^[a-z][a-z0-9-]{0,14}$", key))])
    error_message = "sources must be 1 to 20, with keys of 1 to 15 lower-case letters, digits and hyphens that start with a letter."
  }

  validation {
    condition     = alltrue([for source in values(var.sources) : try(contains(["http", "s3", "hugging-face"], source.kind), false)])
    error_message = "sources must be of kind http, s3 or hugging-face."
  }

  validation {
    condition = alltrue([for source in values(var.sources) :
      source.kind != "http" || (try(length(source.location) <= 2048, false)
      && can(regex("^https://[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?(:[0-9]{1,5})?(/[!-~]*)?$", source.location)))
    ])
    error_message = "sources of kind http must have an https address without user, password and spaces as location, at most 2048 characters."
  }

  validation {
    # Inside a policy, * ? and ${...} would stand for more.
    condition = alltrue([for source in values(var.sources) :
      source.kind != "s3" || can(regex("^s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[A-Za-z0-9._/=+@,-]{0,512})?$", source.location))
    ])
    error_message = "sources of kind s3 must have a location such as s3://bucket/prefix/ of letters, digits and . _ / = + @ , -."
  }

  validation {
    # All policies of a role together have at most 10240 characters.
    condition     = try(sum(concat([0], [for source in values(var.sources) : length(source.location) if source.kind == "s3"])) <= 2500, false)
    error_message = "sources of kind s3 must have locations of at most 2500 characters together."
  }

  validation {
    condition     = alltrue([for source in values(var.sources) : source.kind != "s3" || try(split("/", source.location)[2] != var.bucket, true)])
    error_message = "sources must not name the bucket that is fed."
  }

  validation {
    condition = alltrue([for source in values(var.sources) :
      source.kind != "hugging-face" || can(regex("^[A-Za-z0-9][A-Za-z0-9._-]{0,95}(/[A-Za-z0-9][A-Za-z0-9._-]{0,95})?$", source.location))
    ])
    error_message = "sources of kind hugging-face must have the id of a dataset as location, such as stanfordnlp/imdb."
  }

  validation {
    # A run may take 15 minutes.
    condition = alltrue([for source in values(var.sources) : can(regex(
      "^(rate\\(((1[5-9]|[2-9][0-9]|[1-9][0-9]{2,3}) minutes|[1-9][0-9]{0,2} (hours?|days?))\\)|cron\\([0-9A-Z*?,/#-]+( [0-9A-Z*?,/#-]+){5}\\))$", source.schedule,
    ))])
    error_message = "sources must have a schedule such as rate(6 hours) or cron(0 3 * * ? *), and not more often than every 15 minutes."
  }
}

variable "topic_arn" {
  description = "SNS topic that is told of failures, or null."
  type        = string
  default     = null

  validation {
    condition     = var.topic_arn == null || can(regex("^arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]{1,256}$", var.topic_arn))
    error_message = "topic_arn must be the ARN of an SNS topic."
  }
}

variable "log_retention_days" {
  description = "Days that the function's log is kept."
  type        = number
  nullable    = false
  default     = 30

  validation {
    # The figures CloudWatch Logs accepts; 0 would mean for ever, and nobody is left to pay for that.
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "log_retention_days must be one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653."
  }
}

variable "tags" {
  description = "Tags of every resource that takes tags."
  type        = map(string)
  nullable    = false
  default     = {}
}
