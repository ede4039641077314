namespace Terradev.ModelRegistry;

internal static partial class Log
{
    [LoggerMessage(EventId = 100, Level = LogLevel.Warning, Message = "The answer of {Hub} about {Subject} cannot be read")]
    public static partial void UnreadableAnswer(ILogger logger, Exception exception, string hub, string subject);

    [LoggerMessage(EventId = 102, Level = LogLevel.Information, Message = "{Model} comes from {Origin} of {AsOf:yyyy-MM-dd}: {Reason}")]
    public static partial void FellBack(ILogger logger, string model, string origin, DateTimeOffset asOf, string reason);

    [LoggerMessage(EventId = 101, Level = LogLevel.Information, Message = "{Model} is shown without {Part}: {Reason}")]
    public static partial void WithoutPart(ILogger logger, string model, string part, string reason);

    [LoggerMessage(EventId = 110, Level = LogLevel.Information, Message = "The catalogue of {Source} is taken over: {Seen} entries, {Added} new, {Updated} known, {Skipped} unreadable")]
    public static partial void SyncDone(ILogger logger, string source, long seen, long added, long updated, long skipped);

    [LoggerMessage(EventId = 111, Level = LogLevel.Warning, Message = "The catalogue of {Source} is given up: {Reason}")]
    public static partial void SyncFailed(ILogger logger, string source, string reason);

    [LoggerMessage(EventId = 112, Level = LogLevel.Warning, Message = "Taking over the catalogue of {Source} was interrupted; it goes on when the lease has run out")]
    public static partial void SyncInterrupted(ILogger logger, Exception exception, string source);
}
