# State stays beside the bundle. To keep it elsewhere, replace the block, for example by
#
#   backend "s3" {
#     bucket       = "my-terraform-state"
#     key          = "bert-lora/terraform.tfstate"
#     region       = "us-east-1"
#     use_lockfile = true
#   }
#
# and run `terraform init -migrate-state`.
terraform {
  backend "local" {}
}
