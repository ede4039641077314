using System.IO.Compression;
using System.Text;

namespace Terradev.EnvironmentGenerator.Tests.Blueprints;

/// <summary>A user's blueprint that is taken, and changes of it that are not.</summary>
internal static class ExampleBlueprint
{
    public static Dictionary<string, string> Files(params (string Path, string Text)[] changes)
    {
        var files = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["README.md"] = "# Mine\n\nOne bucket.\n",
            ["variables.tf"] = string.Concat(
                new[] { "name", "installation", "environment", "owner", "expires_at", "region", "instance_type", "capacity" }.Select(name => $"variable \"{name}\" {{ type = string }}\n"))
                + "variable \"tags\" {\n  type    = map(string)\n  default = {}\n}\nvariable \"rehearsal\" {\n  type    = bool\n  default = false\n}\nvariable \"force_destroy\" {\n  type    = bool\n  default = false\n}\n"
                + "variable \"colour\" {\n  description = \"A colour.\"\n  type        = string\n  default     = \"red\"\n}\n",
            ["main.tf"] = """
                terraform {
                  required_version = ">= 1.9"
                  required_providers {
                    aws = {
                      source  = "hashicorp/aws"
                      version = "~> 5.80"
                    }
                  }
                  backend "local" {}
                }
                provider "aws" {
                  region                      = var.region
                  access_key                  = var.rehearsal ? "rehearsal" : null
                  secret_key                  = var.rehearsal ? "rehearsal" : null
                  skip_credentials_validation = var.rehearsal
                  skip_metadata_api_check     = var.rehearsal
                  skip_region_validation      = var.rehearsal
                  skip_requesting_account_id  = var.rehearsal
                }
                resource "aws_s3_bucket" "this" {
                  bucket        = "${var.name}-mine"
                  force_destroy = var.force_destroy
                  tags          = merge(var.tags, { colour = var.colour, note = file("${path.module}/note.txt") })
                }
                """,
            ["note.txt"] = "note",
        };
        foreach (var (path, text) in changes)
        {
            files[path] = text;
        }

        return files;
    }

    public static byte[] Zip(IReadOnlyDictionary<string, string> files) => Zip(files.Select(file => (file.Key, Encoding.UTF8.GetBytes(file.Value), 0)));

    public static byte[] Zip(IEnumerable<(string Path, byte[] Content, int Attributes)> files)
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (path, content, attributes) in files)
            {
                var entry = zip.CreateEntry(path);
                entry.ExternalAttributes = attributes;
                using var to = entry.Open();
                to.Write(content);
            }
        }

        return stream.ToArray();
    }
}
