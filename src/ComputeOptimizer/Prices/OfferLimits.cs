namespace Terradev.ComputeOptimizer.Prices;

/// <summary>How long the texts of an offer may be, in characters.</summary>
internal static class OfferLimits
{
    /// <summary>Instance types, regions and zones.</summary>
    public const int Name = 64;
    public const int Gpu = 40;
    public const int Source = 200;
    public const int Note = 300;
}
