namespace Terradev.DatasetRegistry;

internal static partial class Log
{
    [LoggerMessage(EventId = 200, Level = LogLevel.Warning, Message = "The answer of {Hub} about {Subject} cannot be read")]
    public static partial void UnreadableAnswer(ILogger logger, Exception exception, string hub, string subject);

    [LoggerMessage(EventId = 201, Level = LogLevel.Information, Message = "The dataset viewer does not tell the size of {Dataset}: {Reason}")]
    public static partial void NotMeasured(ILogger logger, string dataset, string reason);

    [LoggerMessage(EventId = 202, Level = LogLevel.Information, Message = "{Dataset} comes from {Origin} of {AsOf:yyyy-MM-dd}: {Reason}")]
    public static partial void FellBack(ILogger logger, string dataset, string origin, DateTimeOffset asOf, string reason);
}
