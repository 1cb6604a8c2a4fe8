# 4 KB at most; tier = "Advanced" takes 8 KB.
resource "aws_ssm_parameter" "config" {
  name  = "/alloy-daemon/${var.environment_id}/config"
  type  = "SecureString"
  value = coalesce(var.config, file("${path.module}/config.alloy"))
}

# Terraform's state holds the token: keep the state encrypted, or create this parameter by hand and import it.
resource "aws_ssm_parameter" "api_key" {
  name  = "/alloy-daemon/${var.environment_id}/grafana-cloud-api-key"
  type  = "SecureString"
  value = var.grafana_cloud_api_key
}

resource "aws_cloudwatch_log_group" "this" {
  name              = "/ecs/${local.name}"
  retention_in_days = var.log_retention_days
}
