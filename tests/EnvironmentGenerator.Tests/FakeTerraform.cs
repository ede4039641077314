using System.Globalization;

namespace Terradev.EnvironmentGenerator.Tests;

/// <summary>
/// A shell script in Terraform's place, for what cannot be made to happen at will with the real one: it stops in the middle
/// of an apply until it is told to go on, and shows how it was interrupted.
/// </summary>
internal sealed class FakeTerraform : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fake-terraform-").FullName;

    public FakeTerraform(bool stopInApply = false, int applyExitCode = 0, bool ignoreInterrupt = false)
    {
        Program = Path.Combine(_folder, "terraform");
        File.WriteAllText(Program, $$$"""
            #!/bin/sh
            state() { printf '{"version":4,"serial":%s,"lineage":"fake","resources":[%s]}' "$1" "$2" > terraform.tfstate.new; mv terraform.tfstate.new terraform.tfstate; }
            resource() { printf '{"mode":"managed","type":"fake","name":"%s","instances":[{}]}' "$1"; }
            say() { printf '{"@level":"info","@message":"%s","type":"%s"%s}\n' "$1" "$2" "$3"; }
            echo "$*" >> "{{{_folder}}}/calls"
            case "$*" in
              init*)
                mkdir -p .terraform/providers && touch .terraform/providers/terraform-provider-fake .terraform.lock.hcl ;;
              *-destroy*)
                touch destroy; touch run.tfplan; say "Plan: 0 to add" change_summary ',"changes":{"add":0,"change":0,"remove":2}' ;;
              plan*)
                touch run.tfplan; say "Plan: 2 to add" change_summary ',"changes":{"add":2,"change":0,"remove":0}' ;;
              apply*)
                trap '{{{(ignoreInterrupt ? "echo interrupted >> " + _folder + "/interrupts" : "echo interrupted >> " + _folder + "/interrupts; exit 1")}}}' INT
                if [ -e destroy ]; then state 9 ""; exit 0; fi
                say "a: Creating..." apply_start ',"hook":{"resource":{"addr":"fake.a"},"action":"create"}'
                state 1 "$(resource a)"
                say "a: Creation complete" apply_complete ',"hook":{"resource":{"addr":"fake.a"},"action":"create"}'
                {{{(stopInApply ? $"while [ ! -e {_folder}/go ]; do sleep 0.05; done" : ":")}}}
                if [ {{{applyExitCode.ToString(CultureInfo.InvariantCulture)}}} -ne 0 ]; then
                  say "boom" diagnostic ',"diagnostic":{"severity":"error","summary":"Quota","detail":"no b","address":"fake.b"}'
                  exit {{{applyExitCode.ToString(CultureInfo.InvariantCulture)}}}
                fi
                state 2 "$(resource a),$(resource b)"
                say "b: Creation complete" apply_complete ',"hook":{"resource":{"addr":"fake.b"},"action":"create"}'
                say "Outputs: 2" outputs ',"outputs":{"instance_id":{"sensitive":false,"value":"i-1"},"token":{"sensitive":true,"value":"secret"}}' ;;
            esac

            """);
        if (OperatingSystem.IsWindows())
        {
            throw new PlatformNotSupportedException("The fake is a shell script.");
        }

        File.SetUnixFileMode(Program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    public string Program { get; }

    public IReadOnlyList<string> Calls => Lines("calls");

    public int Interrupts => Lines("interrupts").Length;

    /// <summary>Settings under which the service uses the script and believes to have credentials.</summary>
    public Dictionary<string, string?> Settings => new() { ["Terraform:Path"] = Program, ["AWS_ACCESS_KEY_ID"] = "x", ["AWS_SECRET_ACCESS_KEY"] = "y" };

    public void GoOn() => File.WriteAllText(Path.Combine(_folder, "go"), "");

    public void Dispose()
    {
        GoOn();
        Directory.Delete(_folder, recursive: true);
    }

    private string[] Lines(string file) => File.Exists(Path.Combine(_folder, file)) ? File.ReadAllLines(Path.Combine(_folder, file)) : [];
}
