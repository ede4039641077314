using System.CommandLine;
using Terradev.Cli.Up;
using Terradev.Contracts;
using Terradev.Contracts.ComputeOptimizer;

namespace Terradev.Cli.Catalog;

/// <summary>The model and everything that a recommendation may be asked with, for the commands that ask for one.</summary>
internal sealed class RequestOptions
{
    private readonly Argument<string> _model = new("model") { Description = "The model, such as google-bert/bert-base-uncased." };
    private readonly WorkloadOptions _workload = new();
    private readonly Option<long?> _tokens = Words.Number<long>("--job-tokens", "Tokens in all: to train on, or to generate.", "tokens");
    private readonly Option<int?> _replicas = Words.Number<int>("--replicas", "Instances side by side that share the tokens; inference only.", "count");
    private readonly Option<decimal?> _deadline = Words.Number<decimal>("--deadline", "Hours by which the work must be done.", "hours");
    private readonly Option<decimal?> _minGpus = Words.Number<decimal>("--min-gpus", "GPUs per instance, at least.", "count");
    private readonly Option<decimal?> _maxGpus = Words.Number<decimal>("--max-gpus", "GPUs per instance, at most.", "count");
    private readonly Option<DataLocation?> _data = new("--data")
    {
        Description = "Where the dataset is, such as aws:us-east-1; moving it from there is then a cost.",
        HelpName = "cloud:region",
        CustomParser = result =>
        {
            if (result.Tokens[0].Value.Split(':') is [var cloud, { Length: > 0 } region] && Wire.TryParse<Cloud>(cloud, out var known))
            {
                return new DataLocation { Cloud = known, Region = region };
            }

            result.AddError($"'{result.Tokens[0].Value}' is no place that --data takes, such as aws:us-east-1; clouds are {string.Join(", ", Wire.Names<Cloud>())}.");
            return null;
        },
    };

    public void AddTo(Command command)
    {
        command.Add(_model);
        foreach (var option in _workload.All.Concat([_tokens, _replicas, _deadline, _minGpus, _maxGpus, _data]))
        {
            command.Add(option);
        }
    }

    /// <summary>The request that was typed; the server judges it.</summary>
    public RecommendationRequest Request(ParseResult parse) => new()
    {
        Model = parse.GetValue(_model),
        Dataset = parse.GetValue(_workload.Dataset),
        Mode = parse.GetValue(_workload.Mode),
        Precision = parse.GetValue(_workload.Precision),
        ContextLength = parse.GetValue(_workload.ContextLength),
        BatchSize = parse.GetValue(_workload.BatchSize),
        Goal = parse.GetValue(_workload.Goal),
        Job = parse.GetValue(_tokens) is null && parse.GetValue(_replicas) is null ? null : new Job { Tokens = parse.GetValue(_tokens), Replicas = parse.GetValue(_replicas) },
        Constraints = new Constraints
        {
            Clouds = parse.GetValue(_workload.Cloud) is { } cloud ? [cloud] : null,
            Regions = parse.GetValue(_workload.Region) is { } region ? [region] : null,
            InstanceTypes = parse.GetValue(_workload.InstanceType) is { } type ? [type] : null,
            Capacity = parse.GetValue(_workload.Capacity),
            MaxHourly = parse.GetValue(_workload.MaxHourly),
            TotalBudget = parse.GetValue(_workload.Budget),
            MaxRuntimeHours = parse.GetValue(_workload.MaxRuntime),
            DeadlineHours = parse.GetValue(_deadline),
            MinGpus = parse.GetValue(_minGpus),
            MaxGpus = parse.GetValue(_maxGpus),
            Data = parse.GetValue(_data),
        },
    };
}
