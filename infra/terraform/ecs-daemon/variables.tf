variable "owner" {
  description = "Tag of everything here"
  type        = string
}

variable "environment_id" {
  description = "Ends the names of everything here"
  type        = string
  default     = "demo"
}

variable "grafana_cloud_otlp_endpoint" {
  description = "Base URL of the OTLP endpoint, such as https://otlp-gateway-prod-us-central-0.grafana.net/otlp"
  type        = string
}

variable "grafana_cloud_instance_id" {
  description = "Instance ID: the user name"
  type        = string
}

variable "grafana_cloud_api_key" {
  description = "Token with metrics, logs and traces write permissions"
  type        = string
  sensitive   = true
}

variable "image" {
  description = "Image of infra/daemon/Dockerfile, in a registry that the instances reach"
  type        = string
}

variable "ecr_repository_arns" {
  description = "ECR repositories that the image may be pulled from"
  type        = list(string)
  default     = ["*"]
}

variable "config" {
  description = "The configuration; config.alloy of this module when null"
  type        = string
  default     = null
}

variable "vpc_id" {
  description = "VPC; the default one when null"
  type        = string
  default     = null
}

variable "subnet_ids" {
  description = "Subnets of the instances; all of the VPC when empty"
  type        = list(string)
  default     = []
}

variable "instance_type" {
  type    = string
  default = "t3.micro"
}

variable "instance_count" {
  description = "Hosts; each runs one daemon"
  type        = number
  default     = 1
}

variable "log_retention_days" {
  type    = number
  default = 7
}
