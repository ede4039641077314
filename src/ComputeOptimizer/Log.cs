namespace Terradev.ComputeOptimizer;

/// <summary>What this service logs.</summary>
internal static partial class Log
{
    [LoggerMessage(EventId = 300, Level = LogLevel.Information, Message = "{Offers} offers up to price snapshot {Snapshot}, as of {AsOf}")]
    public static partial void BookOpened(ILogger logger, int offers, long snapshot, DateTimeOffset asOf);

    [LoggerMessage(EventId = 301, Level = LogLevel.Information, Message = "The built-in prices {Sha256} are stored already")]
    public static partial void BuiltInStored(ILogger logger, string sha256);

    [LoggerMessage(EventId = 302, Level = LogLevel.Warning, Message = "The prices cannot be read or stored; next try in {Delay}")]
    public static partial void BookWaiting(ILogger logger, Exception exception, TimeSpan delay);

    [LoggerMessage(EventId = 303, Level = LogLevel.Information, Message = "Prices of {Source} are snapshot {Snapshot}: {Added} new, {Changed} changed, {Gone} gone, {Quarantined} kept out")]
    public static partial void PricesImported(ILogger logger, string source, long snapshot, int added, int changed, int gone, int quarantined);

    [LoggerMessage(EventId = 310, Level = LogLevel.Warning, Message = "{Source} told no prices ({Code}): {Detail} Next try in {Wait}; the old prices stay")]
    public static partial void RefreshFailed(ILogger logger, string source, string code, string detail, TimeSpan wait);

    [LoggerMessage(EventId = 311, Level = LogLevel.Error, Message = "Refreshing the prices of {Source} broke off")]
    public static partial void RefreshBroke(ILogger logger, Exception exception, string source);
}
