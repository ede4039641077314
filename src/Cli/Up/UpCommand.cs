using System.CommandLine;
using System.Text.Json;
using Terradev.Cli.Environments;
using Terradev.Contracts.ComputeOptimizer;
using Terradev.Contracts.EnvironmentGenerator;
using Terradev.Contracts.ModelRegistry;

namespace Terradev.Cli.Up;

/// <summary>The workload as options, for the commands that size one.</summary>
internal sealed class WorkloadOptions
{
    public Option<string?> Dataset { get; } = new("--dataset") { Description = "The dataset, such as stanfordnlp/imdb.", HelpName = "id" };

    public Option<WorkloadMode?> Mode { get; } = Words.Option<WorkloadMode>("--mode", "What to do with the model.");

    public Option<Precision?> Precision { get; } = Words.Option<Precision>("--precision", "Number format of weights and activations.");

    public Option<int?> ContextLength { get; } = Words.Number<int>("--context-length", "Tokens per sequence.", "tokens");

    public Option<int?> BatchSize { get; } = Words.Number<int>("--batch-size", "Sequences at once per GPU.", "count");

    public Option<Goal?> Goal { get; } = Words.Option<Goal>("--goal", "What the best offer is.");

    public Option<Cloud?> Cloud { get; } = Words.Option<Cloud>("--cloud", "The cloud to use.");

    public Option<string?> Region { get; } = new("--region") { Description = "The region, such as us-east-1.", HelpName = "region" };

    public Option<CapacityPreference?> Capacity { get; } = Words.Option<CapacityPreference>("--capacity", "How the instance is bought.");

    public Option<string?> InstanceType { get; } = new("--instance-type") { Description = "The instance type to use instead of the best one; it still has to fit.", HelpName = "type" };

    public Option<decimal?> MaxHourly { get; } = Words.Number<decimal>("--max-hourly", "USD per hour of the instance, at most.", "usd");

    public Option<decimal?> Budget { get; } = Words.Number<decimal>("--budget", "USD from launch to the deadline, at most.", "usd");

    public Option<decimal?> MaxRuntime { get; } = Words.Number<decimal>("--max-runtime", "Hours from apply to the deadline.", "hours");

    public IEnumerable<Option> All =>
        [Dataset, Mode, Precision, ContextLength, BatchSize, Goal, Cloud, Region, Capacity, InstanceType, MaxHourly, Budget, MaxRuntime];
}

/// <summary><c>terradev up</c>: the main job.</summary>
internal sealed class UpCommand : Command
{
    private readonly Argument<string> _model = new("model") { Description = "The model, such as google-bert/bert-base-uncased." };
    private readonly WorkloadOptions _workload = new();
    private readonly Option<string?> _name = new("--name") { Description = "Name of the environment; made from the model's when left out.", HelpName = "name" };
    private readonly Option<string?> _blueprint = new("--blueprint") { Description = "What the environment is made from.", HelpName = "name" };
    private readonly Option<string?> _owner = new("--owner") { Description = "Who pays.", HelpName = "name" };
    private readonly Option<KeyValuePair<string, JsonElement>[]> _variables = Pairs.Option(
        "--variable", "An option of the blueprint, such as nat_gateway=true; the value is JSON. May be given several times.", "name=json", Pairs.Json);

    private readonly Option<KeyValuePair<string, string>[]> _tags = Pairs.Option(
        "--tag", "A tag for every resource, such as team=research. May be given several times.", "key=value", text => text);

    private readonly Option<bool> _yes = new("--yes", "-y") { Description = "Create it without asking, once the plan is within budget." };
    private readonly Option<bool> _rehearse = new("--rehearse") { Description = "Stop after the plan, also where there are credentials." };

    public UpCommand()
        : base("up", "Choose a GPU instance for a model and create its environment; without cloud credentials, rehearse it up to the plan.")
    {
        Add(_model);
        foreach (var option in _workload.All)
        {
            Add(option);
        }

        Add(_name);
        Add(_blueprint);
        Add(_owner);
        Add(_variables);
        Add(_tags);
        Add(_yes);
        Add(_rehearse);
        this.Runs(RunAsync);
    }

    /// <summary>The request that was typed; the server judges it.</summary>
    public EnvironmentRequest Request(ParseResult parse)
    {
        var maxHourly = parse.GetValue(_workload.MaxHourly);
        var total = parse.GetValue(_workload.Budget);
        return new EnvironmentRequest
        {
            Name = parse.GetValue(_name),
            Model = parse.GetValue(_model),
            Dataset = parse.GetValue(_workload.Dataset),
            Mode = parse.GetValue(_workload.Mode),
            Precision = parse.GetValue(_workload.Precision),
            ContextLength = parse.GetValue(_workload.ContextLength),
            BatchSize = parse.GetValue(_workload.BatchSize),
            Blueprint = parse.GetValue(_blueprint),
            Cloud = parse.GetValue(_workload.Cloud),
            Region = parse.GetValue(_workload.Region),
            Capacity = parse.GetValue(_workload.Capacity),
            InstanceType = parse.GetValue(_workload.InstanceType),
            Goal = parse.GetValue(_workload.Goal),
            Budget = maxHourly is null && total is null ? null : new Budget { MaxHourly = maxHourly, Total = total },
            MaxRuntimeHours = parse.GetValue(_workload.MaxRuntime),
            AutoApprove = parse.GetValue(_yes),
            Rehearsal = parse.GetValue(_rehearse) ? true : null,
            Owner = parse.GetValue(_owner),
            Variables = parse.GetValue(_variables) is { Length: > 0 } variables ? variables.ToDictionary() : null,
            Tags = parse.GetValue(_tags) is { Length: > 0 } tags ? tags.ToDictionary() : null,
        };
    }

    private async Task<int> RunAsync(Session session, CancellationToken cancellationToken)
    {
        var server = await session.ServerAsync(cancellationToken);
        var environment = await server.Client.CreateAsync(Request(session.Parse), cancellationToken);
        return await new Watch(session, server, environment, fromRun: 0, session.Parse.GetValue(_yes)).RunAsync(after: 0, cancellationToken);
    }
}
