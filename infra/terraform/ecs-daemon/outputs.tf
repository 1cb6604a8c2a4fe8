output "otlp_grpc_endpoint_private" {
  description = "OTLP/gRPC on the first host"
  value       = "http://${aws_instance.node[0].private_ip}:4317"
}

output "otlp_http_endpoint_private" {
  description = "OTLP/HTTP on the first host"
  value       = "http://${aws_instance.node[0].private_ip}:4318"
}

output "security_group_id" {
  description = "Applications that join this group may send"
  value       = aws_security_group.this.id
}

output "config_parameter" {
  value = aws_ssm_parameter.config.name
}
