namespace Terradev.Contracts;

/// <summary>
/// What events about a catalogue have in common. On RabbitMQ each is a fanout exchange named after its record and its body is this JSON
/// and nothing else.
/// </summary>
public abstract record CatalogEvent
{
    /// <summary>Unique; a consumer that has seen it may drop it.</summary>
    public Guid EventId { get; init; }

    public DateTimeOffset OccurredAt { get; init; }

    /// <summary>Where the entries come from, such as <c>huggingface</c>.</summary>
    public string Source { get; init; } = "";

    /// <summary>1, 2, 3, ... within the source, without gaps.</summary>
    public long Sequence { get; init; }
}
