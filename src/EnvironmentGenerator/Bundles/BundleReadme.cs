using System.Globalization;
using System.Text;
using Terradev.Contracts;
using Terradev.Contracts.ComputeOptimizer;
using Terradev.Contracts.EnvironmentGenerator;
using Terradev.EnvironmentGenerator.Environments;

namespace Terradev.EnvironmentGenerator.Bundles;

/// <summary>
/// The README of a bundle: what was chosen, what it costs, what is made and how it is used. Of the request only what is checked
/// to have no Markdown of its own goes in: ids, names and words, no options and no tags.
/// </summary>
internal static class BundleReadme
{
    public static string For(GpuEnvironment environment, DateTimeOffset expiresAt)
    {
        var generation = environment.Generation!;
        var shape = EnvironmentShape.Of(environment.Request with { Blueprint = environment.Blueprint }, generation.Quote.Offer, generation.Requirements, generation.Dataset);
        var text = new StringBuilder();
        void Line(string line = "") => text.Append(line).Append('\n');

        Line($"# {environment.Name}");
        Line();
        Line("Runs with plain Terraform: nothing here needs Terradev.");
        Line();
        Facts(Line, environment, expiresAt);
        Line();
        Cost(Line, generation.Quote);
        Line();
        Diagram(Line, environment.Blueprint, generation.Quote.Offer, shape);
        Line();
        Use(Line, environment.Blueprint);
        return text.ToString();
    }

    private static void Facts(Action<string> line, GpuEnvironment environment, DateTimeOffset expiresAt)
    {
        var generation = environment.Generation!;
        var (offer, needs) = (generation.Quote.Offer, generation.Requirements);
        line("| | |");
        line("|-|-|");
        line($"| blueprint | {environment.Blueprint} |");
        line($"| model | {Cell($"{generation.Model.Source}:{generation.Model.Id}")} |");
        if (generation.Dataset is { } dataset)
        {
            line($"| dataset | {Cell($"{dataset.Source}:{dataset.Id}")} |");
        }

        line(Text($"| workload | {Wire.Name(needs.Mode)}, {Wire.Name(needs.Precision)}, batch {needs.BatchSize}, {needs.ContextLength} tokens |"));
        line(Text($"| machine | {Cell(offer.InstanceType)} {Wire.Name(offer.Capacity)} in {offer.Region}: {offer.Gpu.Count:0.###} x {Cell(offer.Gpu.Model)} |"));
        line($"| ends by itself | {RenderBundle.Time(expiresAt)} |");
    }

    private static void Cost(Action<string> line, Quote quote)
    {
        line("## Cost");
        line("");
        line("| item | USD per hour | USD per month | source | as of |");
        line("|-|-:|-:|-|-|");
        foreach (var part in quote.Lines)
        {
            line(Text($"| {Cell(part.Item)} | {part.PerHour:0.0000} | {part.PerMonth:0.00} | {Cell(part.Source)} | {part.AsOf:yyyy-MM-dd} |"));
        }

        line(Text($"| **all in** | **{quote.PerHour:0.0000}** | **{quote.PerMonth:0.00}** | | |"));
        line("");
        line(Text($"A month has 730 hours. At most {quote.AtDeadline:0.00} USD in the {quote.MaxRuntimeHours:0.##} hours to the deadline{Growth(quote)}."));
    }

    private static string Growth(Quote quote) => quote.MostMachines == quote.Machines
        ? ""
        : Text($", with {quote.MostMachines} machines at {quote.MostPerHour:0.0000} USD per hour");

    private static void Diagram(Action<string> line, string blueprint, Offer offer, EnvironmentShape shape)
    {
        var machines = shape.MostMachines == shape.Machines
            ? (shape.Machines == 1 ? "" : Text($"{shape.Machines} x ")) + offer.InstanceType
            : Text($"{shape.Machines} to {shape.MostMachines} x ") + offer.InstanceType;
        line("## What is made");
        line("");
        line("```mermaid");
        line("flowchart LR");
        line($"  subgraph vpc[\"VPC, {(shape.PublicAddresses ? "public" : "private")} subnet\"]");
        line($"    machine[\"{Node(machines)}\"]");
        if (shape.DataVolumeGiB > 0)
        {
            line(Text($"    machine --- volume[(\"data volume, {shape.DataVolumeGiB} GiB\")]"));
        }

        if (shape.FileSystem)
        {
            line("    machine --- files[(\"file system\")]");
        }

        line("  end");
        (bool Made, string Line)[] edges =
        [
            (true, "people([\"you\"]) -- Session Manager --> machine"),
            (shape.LoadBalancer, "callers([\"callers\"]) --> balancer[\"load balancer\"] --> machine"),
            (blueprint == "inference", "callers([\"callers\"]) -- HTTP --> machine"),
            (shape.NatGateway, "machine --> nat[\"NAT gateway\"] --> internet((\"internet\"))"),
            (shape.InterfaceEndpoints > 0, "machine --> endpoints[\"Systems Manager endpoints\"]"),
            (true, "datasets[(\"datasets bucket\")] --> machine"),
            (true, "machine --> outputs[(\"outputs bucket\")]"),
            (true, "machine --> logs[\"logs, metrics, dashboard\"]"),
            (shape.Alarms, "logs --> alarms[\"alarms\"]"),
            (shape.ImageRegistry, "images[(\"image registry\")] --> machine"),
            (shape.Secrets > 0, "secret[\"hub token\"] --> machine"),
            (true, $"deadline[\"deadline\"] -- {(blueprint == "fleet" ? "shrinks to nothing" : "terminates")} --> machine"),
        ];
        foreach (var edge in edges.Where(edge => edge.Made))
        {
            line($"  {edge.Line}");
        }

        line("```");
    }

    private static void Use(Action<string> line, string blueprint)
    {
        line("## Use");
        line("");
        line("    terraform init");
        line("    terraform plan -var rehearsal=true    # without credentials and network");
        line("    terraform apply                       # creates and bills");
        line("");
        line("Connect:");
        line("");
        foreach (var command in Connect(blueprint))
        {
            line($"    {command}");
        }

        line("");
        line("Stop, keeping the volumes and what else is billed without a machine:");
        line("");
        line(blueprint == "fleet"
            ? "    aws autoscaling update-auto-scaling-group --region \"$(terraform output -raw region)\" --auto-scaling-group-name \"$(terraform output -raw autoscaling_group)\" --min-size 0 --max-size 0 --desired-capacity 0"
            : "    aws ec2 stop-instances --region \"$(terraform output -raw region)\" --instance-ids \"$(terraform output -raw instance_id)\"    # a one-time spot machine can only be ended");
        line("");
        line("Destroy:");
        line("");
        line("    terraform destroy                          # stops at buckets that hold something");
        line("    terraform apply -var force_destroy=true    # and then destroy: deletes the buckets with what they hold");
        line("");
        line("`expires_at` in `terraform.tfvars.json` is when the environment ends itself; set it anew before a later apply.");
    }

    private static string[] Connect(string blueprint) => blueprint switch
    {
        "fleet" =>
        [
            "terraform output -raw endpoint            # where the fleet answers",
            "terraform output -raw ssm_command         # how to get a shell on a machine",
        ],
        "inference" =>
        [
            "terraform output -raw endpoint            # where the model answers",
            "terraform output -raw token_command       # how to read the token that callers send",
            "terraform output -raw ssm_command         # how to get a shell on the machine",
        ],
        "workstation" =>
        [
            "terraform output -raw ssm_command         # how to get a shell on the machine",
            "terraform output connect_commands         # how to reach Jupyter and TensorBoard",
            "terraform output -raw token_command       # how to read the token that Jupyter asks for",
        ],
        _ => ["terraform output -raw ssm_command         # how to get a shell on the machine"],
    };

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    // Prices and their sources come from files that people feed in.
    private static string Cell(string text) =>
        string.Concat(text.Select(c => char.IsControl(c) ? " " : c is '|' or '<' or '>' or '[' or ']' or '`' or '*' or '\\' or '&' ? $"&#{(int)c};" : c.ToString()));

    private static string Node(string text) => string.Concat(text.Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' or ' ' ? c : '?'));
}
