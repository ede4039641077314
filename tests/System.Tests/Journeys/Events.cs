using System.Text.Json;

namespace Terradev.SystemTests.Journeys;

internal static class Events
{
    /// <summary>Each event names itself, its time and its environment, and the sequence is 1, 2, 3, ...</summary>
    public static void HaveNoGaps(IReadOnlyList<(string Exchange, JsonElement Event)> events)
    {
        events.Select(received => received.Event.GetProperty("sequence").GetInt64()).ShouldBe(Enumerable.Range(1, events.Count).Select(number => (long)number));
        foreach (var (_, body) in events)
        {
            body.GetProperty("eventId").GetGuid().ShouldNotBe(Guid.Empty);
            body.GetProperty("occurredAt").GetString().ShouldNotBeNull().ShouldEndWith("Z");
            body.GetProperty("environmentId").GetString().ShouldNotBeNullOrEmpty();
        }
    }
}
