resource "aws_ecs_cluster" "this" {
  name = "alloy-daemon-cluster-${var.environment_id}"
}

data "aws_ssm_parameter" "ami" {
  name = "/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id"
}

resource "aws_instance" "node" {
  count = var.instance_count

  ami                    = data.aws_ssm_parameter.ami.value
  instance_type          = var.instance_type
  subnet_id              = local.subnet_ids[count.index % length(local.subnet_ids)]
  vpc_security_group_ids = [aws_security_group.this.id]
  iam_instance_profile   = aws_iam_instance_profile.node.name

  # The directory of the queue belongs to the user of the image.
  user_data = <<-EOT
    #!/bin/sh
    echo ECS_CLUSTER=${aws_ecs_cluster.this.name} >> /etc/ecs/ecs.config
    install -d -o 65532 -g 65532 -m 700 /var/lib/sluice
  EOT

  metadata_options {
    http_tokens = "required"
    # Containers on a bridge ask for the address of their host.
    http_put_response_hop_limit = 2
  }

  root_block_device {
    encrypted   = true
    volume_size = 30
  }

  tags = {
    Name = "alloy-daemon-ecs-node-${var.environment_id}"
  }

  lifecycle {
    # A newer image of Amazon's is not a reason to replace a host with a queue on it.
    ignore_changes = [ami]
  }
}
