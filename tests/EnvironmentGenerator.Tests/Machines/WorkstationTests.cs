using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Versioning;
using System.Text.Json;
using Terradev.Testing;

namespace Terradev.EnvironmentGenerator.Tests.Machines;

/// <summary>Runs the workstation's start script in a folder of its own, with programs that note how they were called.</summary>
[SupportedOSPlatform("linux")]
public sealed class WorkstationTests : IDisposable
{
    private static readonly string[] Programs =
        ["id", "getent", "mountpoint", "mount", "mount.efs", "blkid", "mkfs.xfs", "xfs_growfs", "chown", "dnf", "systemctl", "install", "aws", "python3.12"];

    // One program under many names. "broken" holds a word of the calls that are to fail, "volume" what blkid finds: its exit code.
    private const string Program = """
        #!/bin/bash
        name=${0##*/}
        echo "$name $*" >>"$SANDBOX/calls"
        if [ -s "$SANDBOX/broken" ] && grep --quiet --fixed-strings -- "$(<"$SANDBOX/broken")" <<<"$name $*"; then exit 1; fi
        case $name in
          id) echo ubuntu ;;
          getent) echo 'ubuntu:x:1000:1000::/home/ubuntu:/bin/bash' ;;
          mountpoint) exit 1 ;;
          blkid)
            case $2 in
              UUID) echo 0a1b ;;
              TYPE) echo xfs ;;
              *) exit "$(<"$SANDBOX/volume")" ;;
            esac ;;
          aws) echo hf_secret ;;
          install)
            arguments=()
            while [ $# -gt 0 ]; do
              if [ "$1" = --owner ]; then shift 2; else arguments+=("$1"); shift; fi
            done
            PATH=/usr/bin:/bin exec install "${arguments[@]}" ;;
          python*)
            if [ "$2" = venv ]; then mkdir -p "$3/bin" "$3/share/jupyter" && cp "$0" "$3/bin/python"; fi ;;
        esac
        """;

    private readonly string _sandbox = Directory.CreateTempSubdirectory("workstation-").FullName;
    private readonly Dictionary<string, string> _settings = new()
    {
        ["region"] = "us-east-1",
        ["bind"] = "127.0.0.1",
        ["jupyter"] = "true",
        ["tensorboard"] = "true",
        ["datasets_bucket"] = "datasets",
        ["outputs_bucket"] = "outputs",
    };

    public WorkstationTests()
    {
        var fakes = Directory.CreateDirectory(Path.Combine(_sandbox, "fakes")).FullName;
        foreach (var program in Programs)
        {
            WriteProgram(Path.Combine(fakes, program), Program);
        }

        var bin = Directory.CreateDirectory(InSandbox("opt/terradev/bin")).FullName;
        File.Copy(InRepository("terraform/modules/aws/bootstrap/files/bin/terradev-setting"), Path.Combine(bin, "terradev-setting"));
        foreach (var name in (string[])["requirements.txt", "requirements-tensorflow.txt"])
        {
            File.Copy(InRepository($"terraform/blueprints/aws/workstation/{name}"), InSandbox($"opt/terradev/{name}"));
        }

        Directory.CreateDirectory(InSandbox("etc/terradev"));
        Directory.CreateDirectory(InSandbox("dev"));
        Directory.CreateDirectory(InSandbox("home/ubuntu"));
    }

    public void Dispose() => Directory.Delete(_sandbox, recursive: true);

    [Fact]
    public async Task Services_listen_on_the_machine_alone_and_their_token_is_in_no_unit_and_on_no_command_line()
    {
        var (exitCode, output) = await StartAsync();

        exitCode.ShouldBe(0, output);
        var token = File.ReadAllText(InSandbox("var/lib/terradev/token"));
        token.ShouldMatch("^[0-9a-f]{48}$");
        File.ReadAllText(InSandbox("var/lib/terradev/jupyter.env")).ShouldContain($"JUPYTER_TOKEN={token}\n");
        foreach (var file in (string[])["var/lib/terradev/token", "var/lib/terradev/jupyter.env"])
        {
            File.GetUnixFileMode(InSandbox(file)).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        var jupyter = Unit("jupyter");
        jupyter.ShouldContain("--ip=127.0.0.1");
        jupyter.ShouldNotContain("certfile");
        Unit("tensorboard").ShouldContain("--host=127.0.0.1");
        (Calls() + output + jupyter).ShouldNotContain(token);
        Calls().ShouldContain("systemctl restart terradev-jupyter.service\n");
    }

    [Fact]
    public async Task Open_services_get_a_certificate()
    {
        Requires.Tool("openssl");
        _settings["bind"] = "0.0.0.0";

        (await StartAsync()).ExitCode.ShouldBe(0);

        Unit("jupyter").ShouldContain($"--ip=0.0.0.0 --port=8888 --ServerApp.port_retries=0 --ServerApp.root_dir={InSandbox("data")} --ServerApp.certfile=");
        File.GetUnixFileMode(InSandbox("var/lib/terradev/tls/key.pem")).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public async Task The_hub_token_reaches_notebooks_and_no_log()
    {
        _settings["hub_token_secret"] = "bert-lora/hub-token";

        var (exitCode, output) = await StartAsync();

        exitCode.ShouldBe(0, output);
        File.ReadAllText(InSandbox("var/lib/terradev/jupyter.env")).ShouldContain("HF_TOKEN=hf_secret\n");
        (Calls() + output + Unit("jupyter")).ShouldNotContain("hf_secret");
    }

    [Theory]
    [InlineData(2, true)]
    [InlineData(0, false)]
    public async Task A_data_volume_is_found_by_its_id_and_formatted_only_when_it_is_empty(int blkid, bool formatted)
    {
        Attach("dev/nvme2n1", blkid);
        Directory.CreateDirectory(InSandbox("dev/disk/by-id"));
        File.CreateSymbolicLink(InSandbox("dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_vol0abc"), InSandbox("dev/nvme2n1"));

        (await StartAsync()).ExitCode.ShouldBe(0);

        var calls = Calls();
        calls.Contains($"mkfs.xfs -q {InSandbox("dev/nvme2n1")}\n", StringComparison.Ordinal).ShouldBe(formatted);
        calls.ShouldContain($"mount {InSandbox("data")}\n");
        calls.IndexOf("mount ", StringComparison.Ordinal).ShouldBeLessThan(calls.IndexOf("pip install", StringComparison.Ordinal));
        File.ReadAllText(InSandbox("etc/fstab")).ShouldBe($"UUID=0a1b {InSandbox("data")} xfs defaults,nofail 0 2\n");
    }

    [Fact]
    public async Task A_data_volume_that_cannot_be_read_is_left_alone_and_no_service_starts()
    {
        Attach("dev/sdf", blkid: 8);

        var (exitCode, output) = await StartAsync();

        exitCode.ShouldNotBe(0);
        output.ShouldContain("Cannot tell what is on vol-0abc (blkid 8)");
        Calls().ShouldNotContain("mkfs");
        Calls().ShouldNotContain("systemctl");
    }

    [Fact]
    public async Task No_service_starts_over_a_data_volume_that_cannot_be_mounted()
    {
        Attach("dev/sdf", blkid: 0);
        Break("mount ");

        (await StartAsync()).ExitCode.ShouldNotBe(0);

        Calls().ShouldContain($"mount {InSandbox("data")}\n");
        Calls().ShouldNotContain("systemctl");
    }

    [Fact]
    public async Task A_shared_folder_that_cannot_be_mounted_is_told_and_does_without()
    {
        _settings["file_system_id"] = "fs-0abc";
        _settings["access_point_id"] = "fsap-0abc";
        Break("mount ");

        var (exitCode, output) = await StartAsync();

        exitCode.ShouldBe(0, output);
        output.ShouldContain("The shared folder is missing");
        output.ShouldNotContain("Mounted fs-0abc");
        File.ReadAllText(InSandbox("etc/fstab")).ShouldBe($"fs-0abc:/ {InSandbox("shared")} efs _netdev,nofail,tls,iam,accesspoint=fsap-0abc 0 0\n");
    }

    [Fact]
    public async Task A_failed_installation_is_tried_again_by_the_next_start_and_a_finished_one_is_kept()
    {
        Break("pip install");
        (await StartAsync()).ExitCode.ShouldNotBe(0);
        Calls().Split("pip install").Length.ShouldBe(5, "One installation is tried four times.");

        Break("");
        (await StartAsync()).ExitCode.ShouldBe(0);
        var token = File.ReadAllText(InSandbox("var/lib/terradev/token"));
        File.Delete(Path.Combine(_sandbox, "calls"));

        (await StartAsync()).ExitCode.ShouldBe(0);
        Calls().ShouldNotContain("pip install");
        File.ReadAllText(InSandbox("var/lib/terradev/token")).ShouldBe(token);
    }

    [Fact]
    public async Task A_key_is_admitted_once_and_never_run()
    {
        _settings["ssh_public_key"] = "ssh-ed25519 AAAA $(touch $SANDBOX/owned) `touch $SANDBOX/owned`";

        (await StartAsync()).ExitCode.ShouldBe(0);
        (await StartAsync()).ExitCode.ShouldBe(0);

        File.ReadAllText(InSandbox("home/ubuntu/.ssh/authorized_keys")).ShouldBe(_settings["ssh_public_key"] + "\n");
        File.Exists(Path.Combine(_sandbox, "owned")).ShouldBeFalse();
    }

    [Fact]
    public async Task Without_services_nothing_is_installed()
    {
        _settings["jupyter"] = _settings["tensorboard"] = "false";

        var (exitCode, output) = await StartAsync();

        exitCode.ShouldBe(0, output);
        output.ShouldContain("Ready: a shell");
        Calls().ShouldNotContain("python");
        Calls().ShouldNotContain("systemctl");
    }

    private static string InRepository(string path) => Path.GetFullPath(Path.Combine(Folder(), "../../..", path));

    private static string Folder([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;

    private static void WriteProgram(string path, string text)
    {
        File.WriteAllText(path, text + "\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private string InSandbox(string path) => Path.Combine(_sandbox, "root", path);

    private string Calls() => File.ReadAllText(Path.Combine(_sandbox, "calls"));

    private string Unit(string service) => File.ReadAllText(InSandbox($"etc/systemd/system/terradev-{service}.service"));

    private void Attach(string device, int blkid)
    {
        _settings["data_volume_id"] = "vol-0abc";
        File.WriteAllText(InSandbox(device), "");
        File.WriteAllText(Path.Combine(_sandbox, "volume"), $"{blkid}");
    }

    private void Break(string word) => File.WriteAllText(Path.Combine(_sandbox, "broken"), word);

    private async Task<(int ExitCode, string Output)> StartAsync()
    {
        Requires.Tool("python3");
        File.WriteAllText(InSandbox("etc/terradev/environment.json"), JsonSerializer.Serialize(_settings));
        var start = new ProcessStartInfo(Requires.Tool("bash"), [InRepository("terraform/blueprints/aws/workstation/scripts/start.sh")])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["PATH"] = $"{Path.Combine(_sandbox, "fakes")}:{Environment.GetEnvironmentVariable("PATH")}";
        start.Environment["SANDBOX"] = _sandbox;
        start.Environment["TERRADEV_ROOT"] = Path.Combine(_sandbox, "root");
        start.Environment["TERRADEV_RETRY_SECONDS"] = "0";

        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, output + await error);
    }
}
