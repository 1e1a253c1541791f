# Deploys certctl's stack from Terraform: `make build` first, then `sam package` to a bucket of yours, then this.
# A stack that `make deploy` made can be imported: terraform import aws_cloudformation_stack.certctl certctl
terraform {
  required_version = ">= 1.6"
  required_providers {
    aws = { source = "hashicorp/aws", version = ">= 5.0" }
  }
}

variable "template_url" {
  description = "URL of the packaged template in S3."
  type        = string
}

resource "aws_cloudformation_stack" "certctl" {
  name         = "certctl"
  template_url = var.template_url
  capabilities = ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"]

  parameters = {
    CaRootSubject      = "CN=Example Root CA,O=Example"
    CaIssuingSubject   = "CN=Example Issuing CA 1,O=Example"
    CaPermittedDomains = "example.com"
    RootKeySpec        = "ECC_NIST_P384" # never changes, as the subjects above; both of ECC or both of RSA
    IssuingKeySpec     = "ECC_NIST_P256"
    AuditLockMode      = "GOVERNANCE"
    AuditLockDays      = "1"
  }

  lifecycle {
    prevent_destroy = true # its keys and tables outlive it, but nothing issues or publishes without it
  }
}

output "api" {
  value = aws_cloudformation_stack.certctl.outputs["ApiUrl"]
}
