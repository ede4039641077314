using System.Collections.Concurrent;
using MassTransit;
using Terradev.Contracts;
using Terradev.Contracts.ComputeOptimizer;
using Terradev.Contracts.DatasetRegistry;
using Terradev.Contracts.ModelRegistry;

namespace Terradev.EnvironmentGenerator.Tests;

/// <summary>What the one offer costs when it is asked for again; null when it is gone. The last of several stays.</summary>
internal sealed class FakePrices
{
    private readonly ConcurrentQueue<decimal?> _next = new([FakeServices.Price]);

    public void Become(params decimal?[] prices)
    {
        _next.Clear();
        foreach (var price in prices)
        {
            _next.Enqueue(price);
        }
    }

    public decimal? Next() => _next.Count > 1 && _next.TryDequeue(out var price) ? price : _next.TryPeek(out var last) ? last : null;
}

/// <summary>The answers of the three other services, by message, for one model, one dataset and one offer.</summary>
internal sealed class FakeServices(FakePrices prices) : IConsumer<ResolveModel>, IConsumer<ResolveDataset>, IConsumer<Recommend>, IConsumer<PriceOffer>, IConsumer<ForecastCost>
{
    public const decimal Price = 0.1894m;

    public static readonly DateTimeOffset AsOf = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    public static readonly ModelSummary Model = new(
        "huggingface", "google-bert/bert-base-uncased", "fill-mask", "transformers", "apache-2.0", false, 110_106_428, 42_711_978, 3379, AsOf, ["bert"], new("snapshot", AsOf));

    public static readonly ModelRequirements Requirements = new(
        "huggingface:google-bert/bert-base-uncased", WorkloadMode.Full, Precision.Fp16, 512, 16,
        new ModelParameters(110_106_428, 110_106_428, new Dictionary<string, long> { ["F32"] = 110_106_428 }, "safetensors headers", Confidence.Headers), 110_106_428,
        new MemoryBreakdown(220_212_856, 0, 0, 3_000_000_000, 220_212_856, 1_321_277_136, 1L << 30), 4L << 30, 3L << 30, new GpuRequirements("7.0", [1]), "arXiv 2205.05198", []);

    public static readonly DatasetSummary Dataset = new(
        "huggingface", "stanfordnlp/imdb", "text-classification", "text", "other", false, 100_000, 83_446_840, 133_190_302,
        [new DatasetSplit("plain_text", "train", 25_000, 33_432_823)], 171_036, 352, [], new("snapshot", AsOf));

    public static Offer Offer(string instanceType = "g4dn.xlarge", Capacity capacity = Capacity.Spot) => new(
        Cloud.Aws, "us-east-1", null, instanceType, capacity, new OfferGpu("T4", 1, 16_384, "nvidia", "7.5", Interconnect.Pcie), 4, 16, null, Price, "test prices", new DateTimeOffset(2026, 7, 20, 0, 0, 0, TimeSpan.Zero), PriceConfidence.Estimate);

    public Task Consume(ConsumeContext<ResolveModel> context) => context.RespondAsync(context.Message.Model == Requirements.Model
        ? new ModelResolved(Model, Requirements, null)
        : new ModelResolved(null, null, new Refusal(RefusalCodes.ModelNotFound, $"There is no model {context.Message.Model}.", "Look at GET /api/v1/models.")));

    public Task Consume(ConsumeContext<ResolveDataset> context) => context.RespondAsync(context.Message.Dataset == "huggingface:stanfordnlp/imdb"
        ? new DatasetResolved(Dataset, null)
        : new DatasetResolved(null, new Refusal(RefusalCodes.DatasetNotFound, $"There is no dataset {context.Message.Dataset}.", "Look at GET /api/v1/datasets.")));

    public Task Consume(ConsumeContext<PriceOffer> context)
    {
        var asked = context.Message;
        return context.RespondAsync(new OfferPriced(prices.Next() is { } price ? Offer(asked.InstanceType, asked.Capacity) with { PricePerHour = price } : null, 8));
    }

    public Task Consume(ConsumeContext<ForecastCost> context)
    {
        var asked = context.Message.Request;
        if (asked.PricePerHour is null && prices.Next() is null)
        {
            return context.RespondAsync(new CostForecasted(null, new Refusal(RefusalCodes.UnknownInstanceType, "Nobody tells its price.", "Take another one.")));
        }

        var hours = (decimal)(asked.Until!.Value - asked.StartedAt!.Value).TotalHours;
        var perHour = (asked.PricePerHour ?? prices.Next()!.Value) + asked.ExtraPerHour!.Value;
        var range = new CostRange(perHour * hours, perHour * hours, perHour * hours);
        return context.RespondAsync(new CostForecasted(
            new CostForecast(range, new CostRange(perHour, perHour, perHour), asked.Until.Value, hours, hours, new BudgetForecast((asked.Budget ?? 0) - range.Expected, null, null, null), []), null));
    }

    public Task Consume(ConsumeContext<Recommend> context)
    {
        var constraints = context.Message.Constraints;
        var offer = Offer(constraints.InstanceTypes?[0] ?? "g4dn.xlarge", constraints.Capacity == CapacityPreference.OnDemand ? Capacity.OnDemand : Capacity.Spot);
        if (constraints.MaxHourly < offer.PricePerHour)
        {
            return context.RespondAsync(new Recommended(null, new Refusal(RefusalCodes.NoOfferFits, "No offer fits: 1 over budget.", "Raise budget.maxHourly.")));
        }

        var ranked = new RankedOffer(offer, new OfferFit(6L << 30, 13L << 30, 53.8m, 1, 1), new OfferCost(Price, 0.35m, 2.27m, 1.8m), ["The only offer."]);
        return context.RespondAsync(new Recommended(new Recommendation([ranked], [], new Dictionary<string, int>(), 1, Goal.CheapestHour, []) { Snapshot = 7 }, null));
    }
}
