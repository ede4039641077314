namespace Terradev.ComputeOptimizer.Prices;

/// <summary>Bounds on a file of prices, which a stranger may have written.</summary>
internal static class PriceFileLimits
{
    public const long Bytes = ServiceDefaults.Service.MaxFileBytes;

    /// <summary>Characters of one row, its line ends inside quotes included.</summary>
    public const int RowLength = 1024 * 1024;
    public const int FieldLength = 16 * 1024;
    public const int Fields = 100;

    /// <summary>Rows of data.</summary>
    public const int Rows = 500_000;

    /// <summary>Prices of GPU instances, which are held in memory until the whole list is read.</summary>
    public const int Offers = 250_000;

    /// <summary>From the first byte to the answer.</summary>
    public static readonly TimeSpan Time = TimeSpan.FromSeconds(60);
}
