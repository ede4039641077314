using Terradev.ComputeOptimizer.Prices;
using Terradev.ComputeOptimizer.Recommendations;
using Terradev.Contracts;

namespace Terradev.ComputeOptimizer.Advice;

/// <summary>Collects what is wrong with a body, so that all of it is answered at once; of each field the first fault.</summary>
internal sealed class Faults
{
    /// <summary>Messages by path of the field.</summary>
    public Dictionary<string, string[]> Errors { get; } = new(StringComparer.Ordinal);

    public void Add(string field, string message) => Errors.TryAdd(field, [message]);

    public void Unless(bool holds, string field, string message)
    {
        if (!holds)
        {
            Add(field, message);
        }
    }

    /// <summary>A number above 0 and at most <paramref name="most"/>, or none.</summary>
    public void UnlessWithin(string field, decimal? value, decimal most) =>
        Unless(value is null || (value > 0 && value <= most), field, $"It must be above 0 and at most {Words.Number(most)}.");

    public void UnlessName(string field, string? name) =>
        Unless(name is not null && PriceText.IsName(name), field, "It is needed, as the cloud spells it.");

    /// <summary>Null where nothing is wrong.</summary>
    public Refusal? Refusal() => Errors.Count == 0
        ? null
        : new Refusal(RefusalCodes.InvalidRequest, "The request cannot be answered as it was put.", "Correct the fields in 'errors'.", Errors);
}
