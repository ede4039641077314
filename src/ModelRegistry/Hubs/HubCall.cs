using System.Text.Json;
using Terradev.ServiceDefaults;

namespace Terradev.ModelRegistry.Hubs;

/// <summary>Asks hubs: a failure on the way is an answer as well.</summary>
internal static class HubCall
{
    public const string OutOfTime = "The hub did not answer in time.";

    // Several requests of up to 10 s each would outlast the patience of whoever asked for a model.
    private static readonly TimeSpan LookupTimeout = TimeSpan.FromSeconds(12);

    /// <summary>Gives a lookup, however many requests it takes, 12 seconds.</summary>
    /// <param name="lookUp">Gets a token that ends with the time as well as with <paramref name="cancellationToken"/>.</param>
    public static async Task<HubAnswer<HubModel>> InTimeAsync(Func<CancellationToken, Task<HubAnswer<HubModel>>> lookUp, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(LookupTimeout);
        try
        {
            return await lookUp(deadline.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return HubAnswer.Unavailable<HubModel>(OutOfTime);
        }
    }

    /// <summary>Makes an answer of what goes wrong on the way to one.</summary>
    /// <param name="subject">What the hub is asked about, for the log.</param>
    public static async Task<HubAnswer<T>> GuardAsync<T>(ILogger logger, string hub, string subject, Func<Task<HubAnswer<T>>> ask)
        where T : class
    {
        try
        {
            return await ask();
        }
        catch (HubUnavailableException exception)
        {
            return HubAnswer.Unavailable<T>(exception.Message);
        }
        catch (JsonException exception)
        {
            Log.UnreadableAnswer(logger, exception, hub, subject);
            return HubAnswer.Unavailable<T>("The hub's answer cannot be read.");
        }
    }
}
