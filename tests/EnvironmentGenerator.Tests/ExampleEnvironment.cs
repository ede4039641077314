using Terradev.Contracts.ComputeOptimizer;
using Terradev.Contracts.EnvironmentGenerator;
using Terradev.EnvironmentGenerator.Environments;

namespace Terradev.EnvironmentGenerator.Tests;

/// <summary>An environment with everything chosen, the same each time.</summary>
internal static class ExampleEnvironment
{
    public static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static EnvironmentRequest Request(string blueprint) => new() { Model = "huggingface:a/b", Blueprint = blueprint, MaxRuntimeHours = 12 };

    public static GpuEnvironment Of(EnvironmentRequest request, string owner = "me", string? zone = null)
    {
        var environment = GpuEnvironment.Ask(request, "bert-x7k2", owner, false, Now);
        var choice = new RankedOffer(FakeServices.Offer() with { Zone = zone }, new OfferFit(1, 2, 50, 1, 1), new OfferCost(0.1894m, null, null, null), []);
        var recommendation = new Recommendation([choice], [], new Dictionary<string, int>(), 1, Goal.CheapestHour, []);
        var shape = EnvironmentShape.Of(request, choice.Offer, FakeServices.Requirements, FakeServices.Dataset);
        environment.Choose(
            new Generation(FakeServices.Model, FakeServices.Requirements, FakeServices.Dataset, recommendation, EnvironmentPrice.Quote(choice, 7, shape, request.MaxRuntimeHours ?? 12, Now)), Now);
        return environment;
    }
}
