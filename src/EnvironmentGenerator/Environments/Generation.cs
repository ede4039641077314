using Terradev.Contracts.ComputeOptimizer;
using Terradev.Contracts.DatasetRegistry;
using Terradev.Contracts.EnvironmentGenerator;
using Terradev.Contracts.ModelRegistry;

namespace Terradev.EnvironmentGenerator.Environments;

/// <summary>What was found and chosen for an environment, each answer with its source, and the price it was chosen at.</summary>
public sealed class Generation
{
    private Generation()
    {
    }

    public Generation(ModelSummary model, ModelRequirements requirements, DatasetSummary? dataset, Recommendation recommendation, Quote quote)
    {
        Model = model;
        Requirements = requirements;
        Dataset = dataset;
        Recommendation = recommendation;
        Quote = quote;
    }

    /// <summary>Key: the environment's id.</summary>
    public string EnvironmentId { get; private set; } = "";

    public ModelSummary Model { get; private set; } = null!;

    public ModelRequirements Requirements { get; private set; } = null!;

    public DatasetSummary? Dataset { get; private set; }

    public Recommendation Recommendation { get; private set; } = null!;

    public Quote Quote { get; private set; } = null!;

    internal void Requote(Quote quote) => Quote = quote;

    internal void Replace(Generation other)
    {
        Model = other.Model;
        Requirements = other.Requirements;
        Dataset = other.Dataset;
        Recommendation = other.Recommendation;
        Quote = other.Quote;
    }
}
