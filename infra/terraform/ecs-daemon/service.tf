data "aws_region" "this" {}

resource "aws_ecs_task_definition" "this" {
  family                   = local.name
  requires_compatibilities = ["EC2"]
  network_mode             = "host"
  task_role_arn            = aws_iam_role.task.arn
  execution_role_arn       = aws_iam_role.execution.arn

  container_definitions = jsonencode([{
    name              = "grafana-alloy"
    image             = var.image
    essential         = true
    memoryReservation = 128
    memory            = 512
    # No shell and no AWS CLI: the program reads the parameter itself.
    command = [
      "run",
      "--config.ssm=${aws_ssm_parameter.config.name}",
      "--storage.path=/var/lib/sluice",
    ]
    user                   = "65532:65532"
    readonlyRootFilesystem = true
    linuxParameters        = { capabilities = { drop = ["ALL"] } }
    ulimits                = [{ name = "nofile", softLimit = 65536, hardLimit = 65536 }]
    stopTimeout            = 60
    portMappings = [
      { containerPort = 4317, hostPort = 4317, protocol = "tcp" },
      { containerPort = 4318, hostPort = 4318, protocol = "tcp" },
    ]
    environment = [
      { name = "AWS_REGION", value = data.aws_region.this.name },
      { name = "GRAFANA_CLOUD_OTLP_ENDPOINT", value = var.grafana_cloud_otlp_endpoint },
      { name = "GRAFANA_CLOUD_INSTANCE_ID", value = var.grafana_cloud_instance_id },
    ]
    secrets = [
      { name = "GRAFANA_CLOUD_API_KEY", valueFrom = aws_ssm_parameter.api_key.arn },
    ]
    mountPoints = [{ sourceVolume = "storage", containerPath = "/var/lib/sluice" }]
    healthCheck = {
      command     = ["CMD", "node", "/sluice/index.mjs", "health"]
      interval    = 30
      timeout     = 5
      retries     = 3
      startPeriod = 15
    }
    logConfiguration = {
      logDriver = "awslogs"
      options = {
        "awslogs-group"         = aws_cloudwatch_log_group.this.name
        "awslogs-region"        = data.aws_region.this.name
        "awslogs-stream-prefix" = "alloy"
      }
    }
  }])

  # On the host: what was accepted outlives the task.
  volume {
    name      = "storage"
    host_path = "/var/lib/sluice"
  }
}

# One on each instance, without a number to set.
resource "aws_ecs_service" "this" {
  name                               = local.name
  cluster                            = aws_ecs_cluster.this.id
  task_definition                    = aws_ecs_task_definition.this.arn
  launch_type                        = "EC2"
  scheduling_strategy                = "DAEMON"
  deployment_minimum_healthy_percent = 0
  deployment_maximum_percent         = 100

  deployment_circuit_breaker {
    enable   = true
    rollback = true
  }

  # A changed configuration is read when a task starts.
  force_new_deployment = true
  triggers             = { config = sha256(nonsensitive(aws_ssm_parameter.config.value)) }
}
