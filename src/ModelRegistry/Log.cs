namespace Terradev.ModelRegistry;

internal static partial class Log
{
    [LoggerMessage(EventId = 100, Level = LogLevel.Warning, Message = "The answer of {Hub} about {Subject} cannot be read")]
    public static partial void UnreadableAnswer(ILogger logger, Exception exception, string hub, string subject);

    [LoggerMessage(EventId = 101, Level = LogLevel.Information, Message = "{Model} is sized without its config.json: {Reason}")]
    public static partial void NoConfig(ILogger logger, string model, string reason);

    [LoggerMessage(EventId = 102, Level = LogLevel.Information, Message = "{Model} comes from {Origin} of {AsOf:yyyy-MM-dd}: {Reason}")]
    public static partial void FellBack(ILogger logger, string model, string origin, DateTimeOffset asOf, string reason);
}
