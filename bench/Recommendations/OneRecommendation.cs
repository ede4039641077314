using BenchmarkDotNet.Attributes;
using Terradev.ComputeOptimizer.Offers;
using Terradev.ComputeOptimizer.Recommendations;
using Terradev.Contracts.ComputeOptimizer;

namespace Terradev.Bench;

/// <summary>One recommendation by one caller, for each kind of request.</summary>
[MemoryDiagnoser]
public class OneRecommendation
{
    private readonly OfferSnapshot _snapshot = GeneratedOffers.Snapshot(60_000, seed: 1);
    private Recommend _question = null!;

    [Params(0, 1, 2, 3, 4, 5, 6, 7, 8, 9)]
    public int Question { get; set; }

    [GlobalSetup]
    public void Ask() => _question = Questions.Message(Questions.All[Question]);

    [Benchmark]
    public Recommended Answer() => RecommendationDesk.Answer(_question, _snapshot, OptimizerPolicy.Default);
}
