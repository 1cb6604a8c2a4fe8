terraform {
  required_version = ">= 1.5"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.0"
    }
  }
}

variable "stage" {
  description = "Names the stack's resources, and its settings below /sluice/<stage>/"
  type        = string
  default     = "prod"
}

variable "release" {
  description = "Folder of an unpacked release: functions/*.zip and cloudformation/sluice.template.json"
  type        = string
}

variable "release_version" {
  description = "The release's version"
  type        = string
}

variable "bucket" {
  description = "S3 bucket, in the stack's region, for the functions' archives and the template"
  type        = string
}

variable "parameters" {
  description = "Parameters of the template, such as { VpcId = \"vpc-…\", SubnetIds = \"subnet-…,subnet-…\", AllowedCidrs = \"10.0.0.0/16\" }"
  type        = map(string)
}

locals {
  prefix   = "sluice/${var.release_version}/"
  template = "${var.release}/cloudformation/sluice.template.json"
}

resource "aws_s3_object" "functions" {
  # By the functions' names, as ever: another key would be another object to Terraform, and it would delete this one.
  for_each = toset([for file in fileset("${var.release}/functions", "*.zip") : trimsuffix(file, ".zip")])

  bucket      = var.bucket
  key         = "${local.prefix}${each.key}.zip"
  source      = "${var.release}/functions/${each.key}.zip"
  source_hash = filemd5("${var.release}/functions/${each.key}.zip")
}

resource "aws_s3_object" "template" {
  bucket      = var.bucket
  key         = "${local.prefix}sluice.template.json"
  source      = local.template
  source_hash = filemd5(local.template)
}

# Opened to the internet, the stack needs a sender with a token first.
data "aws_ssm_parameters_by_path" "senders" {
  count = lookup(var.parameters, "PublicApi", "") == "tokens" ? 1 : 0

  path            = "/sluice/${var.stage}/senders"
  recursive       = true
  with_decryption = false
}

# The stack of docs/deploy.md: one description of it, whoever deploys.
resource "aws_cloudformation_stack" "this" {
  name         = "sluice-${var.stage}"
  template_url = "https://${var.bucket}.s3.amazonaws.com/${aws_s3_object.template.key}"
  capabilities = ["CAPABILITY_IAM"]

  parameters = merge(var.parameters, {
    Stage      = var.stage
    CodeBucket = var.bucket
    CodePrefix = local.prefix
  })

  depends_on = [aws_s3_object.functions]

  lifecycle {
    precondition {
      condition     = alltrue([for found in data.aws_ssm_parameters_by_path.senders : anytrue([for name in found.names : endswith(name, "tokens")])])
      error_message = "PublicApi = \"tokens\" opens ingest to the internet, and no sender has a token: put /sluice/${var.stage}/senders/sender-tokens into Parameter Store first."
    }
  }
}

output "outputs" {
  description = "Of the stack: OtlpEndpoint is the line that applications need"
  value       = aws_cloudformation_stack.this.outputs
}
