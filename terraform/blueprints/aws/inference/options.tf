variable "engine" {
  description = "Server of the model: vllm or tgi (Text Generation Inference)."
  type        = string
  nullable    = false
  default     = "vllm"

  validation {
    condition     = contains(["vllm", "tgi"], var.engine)
    error_message = "engine must be vllm or tgi."
  }

  validation {
    condition     = var.engine != "tgi" || !contains(["fp32", "fp4"], var.precision)
    error_message = "engine tgi serves bf16, fp16, fp8, int8 and int4; take vllm for fp32 and fp4."
  }
}

variable "image" {
  description = "Container image of the engine, or null for a pinned one. An image in Amazon ECR is pulled with the machine's role."
  type        = string
  default     = null

  validation {
    condition     = var.image == null || can(regex("^[a-z0-9][A-Za-z0-9._/:@-]{0,254}$", var.image))
    error_message = "image must be the name of a container image, such as vllm/vllm-openai:v0.10.2."
  }
}

variable "bucket_model" {
  description = "Folder below production/ in the outputs bucket that holds the model, with its config.json, or null: the model comes from the hub."
  type        = string
  default     = null

  validation {
    condition     = var.bucket_model == null || can(regex("^[A-Za-z0-9][A-Za-z0-9._-]{0,99}(/[A-Za-z0-9][A-Za-z0-9._-]{0,99}){0,5}$", var.bucket_model))
    error_message = "bucket_model must be a folder of letters, digits and . _ -, such as my-model/v1."
  }

  validation {
    condition     = var.bucket_model != null || can(regex("^huggingface:[A-Za-z0-9][A-Za-z0-9._-]{0,95}(/[A-Za-z0-9][A-Za-z0-9._-]{0,95})?$", var.model))
    error_message = "Without bucket_model, model must be one of the Hugging Face hub, such as huggingface:Qwen/Qwen2.5-7B-Instruct."
  }
}

variable "port" {
  description = "Port of the API."
  type        = number
  nullable    = false
  default     = 8000

  validation {
    condition     = var.port >= 1024 && var.port <= 65535 && floor(var.port) == var.port
    error_message = "port must be a whole number from 1024 to 65535."
  }
}

variable "allowed_cidrs" {
  description = "IPv4 ranges that may call the API, over HTTPS with a certificate that the machine makes for itself. Empty: nobody; the API listens on 127.0.0.1 and is reached through Session Manager."
  type        = list(string)
  nullable    = false
  default     = []

  validation {
    condition     = length(var.allowed_cidrs) <= 20 && length(distinct(var.allowed_cidrs)) == length(var.allowed_cidrs) && alltrue([for cidr in var.allowed_cidrs : can(cidrnetmask(cidr))])
    error_message = "allowed_cidrs must be at most 20 different ranges, such as 198.51.100.7/32."
  }

  validation {
    # Two halves are the whole, too.
    condition     = var.allow_open_ingress || alltrue([for cidr in var.allowed_cidrs : try(tonumber(split("/", cidr)[1]) >= 8, false)])
    error_message = "allowed_cidrs must not hold 0.0.0.0/0 or other ranges wider than a /8 unless allow_open_ingress is true."
  }
}

variable "allow_open_ingress" {
  description = "Accept 0.0.0.0/0 in allowed_cidrs."
  type        = bool
  nullable    = false
  default     = false
}

variable "max_model_len" {
  description = "Tokens of a prompt and its answer together, or null: as many as the model was made for. Less needs less memory."
  type        = number
  default     = null

  validation {
    condition     = var.max_model_len == null || try(var.max_model_len >= 16 && var.max_model_len <= 10000000 && floor(var.max_model_len) == var.max_model_len, false)
    error_message = "max_model_len must be null or a whole number from 16 to 10000000."
  }
}

variable "tensor_parallel" {
  description = "GPUs that share each layer of the model, or null: as many of the machine's as the model's attention heads can be split among."
  type        = number
  default     = null

  validation {
    condition     = var.tensor_parallel == null || try(var.tensor_parallel >= 1 && var.tensor_parallel <= 16 && floor(var.tensor_parallel) == var.tensor_parallel, false)
    error_message = "tensor_parallel must be null or a whole number from 1 to 16."
  }
}

variable "idle_minutes" {
  description = "Minutes of idle GPUs, without anybody logged in, after which the machine terminates itself; 0 for never."
  type        = number
  nullable    = false
  default     = 0

  validation {
    condition     = var.idle_minutes >= 0 && var.idle_minutes <= 10080 && floor(var.idle_minutes) == var.idle_minutes
    error_message = "idle_minutes must be a whole number from 0 to 10080."
  }
}
