using System.Text;
using System.Text.Json;
using Terradev.Contracts.EnvironmentGenerator;

namespace Terradev.Contracts.Tests;

public sealed class EventsTests
{
    public static TheoryData<string> Names => [.. EventTypes.Select(type => type.Name)];

    private static IEnumerable<Type> EventTypes =>
        typeof(EnvironmentEvent).Assembly.GetTypes().Where(type => (type.IsSubclassOf(typeof(EnvironmentEvent)) || type.IsSubclassOf(typeof(CatalogEvent))) && !type.IsAbstract);

    [Theory]
    [MemberData(nameof(Names))]
    public void The_json_of_an_event_stays_as_it_is(string name)
    {
        Examples.Events.ContainsKey(name).ShouldBeTrue("an event needs an example in Examples.cs, a golden file and a section in docs/events.md");
        Golden.ShouldMatch(name, Examples.Events[name].Event);
        Golden.ShouldRoundTrip(name, Examples.Events[name].Event.GetType());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void An_event_says_what_happened_to_what_and_when(string name)
    {
        var json = JsonSerializer.Deserialize<JsonElement>(Golden.Read(name));
        json.GetProperty("eventId").GetGuid().ShouldNotBe(Guid.Empty);
        foreach (var subject in Examples.Events[name].Event is CatalogEvent ? (string[])["source"] : ["environmentId", "environmentName"])
        {
            json.GetProperty(subject).GetString().ShouldNotBeNullOrEmpty();
        }

        json.GetProperty("sequence").GetInt64().ShouldBePositive();
        json.GetProperty("occurredAt").GetString()!.ShouldMatch(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$");
    }

    [Fact]
    public void The_document_lists_every_event_with_its_golden_example()
    {
        var path = Path.Combine(Golden.Repository, "docs", "events.md");
        const string Begin = "<!-- events -->\n";
        var text = File.ReadAllText(path);
        var introduction = text[..(text.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length)];
        var expected = introduction + string.Concat(Examples.Events.Select(Section));
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDENS") == "1")
        {
            File.WriteAllText(path, expected);
            text = expected;
        }

        text.ShouldBe(expected);
    }

    private static string Section(KeyValuePair<string, (object Event, string When)> example) => new StringBuilder()
        .Append($"\n## {example.Key}\n\n{example.Value.When} Exchange: `{example.Key}`.\n\n```json\n{Golden.Read(example.Key)}```\n").ToString();
}
