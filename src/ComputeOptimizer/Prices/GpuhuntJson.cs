using System.Text.Json;

namespace Terradev.ComputeOptimizer.Prices;

/// <summary>gpuhunt items as a JSON array of objects.</summary>
internal static class GpuhuntJson
{
    private static readonly JsonSerializerOptions Options = new() { MaxDepth = 16, AllowDuplicateProperties = false };

    /// <summary>The items one after the other, each with its number in the array, the first being 1.</summary>
    /// <exception cref="PriceSourceException">It is no such array.</exception>
    public static async IAsyncEnumerable<(int Number, GpuhuntItem Item)> ReadAsync(Stream content, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var number = 0;
        await using var items = JsonSerializer.DeserializeAsyncEnumerable<JsonElement>(content, Options, cancellationToken).GetAsyncEnumerator(cancellationToken);
        while (await NextAsync(items))
        {
            if (items.Current.ValueKind != JsonValueKind.Object)
            {
                throw Unreadable($"Item {number + 1} is no object.");
            }

            yield return (++number, Of(items.Current));
        }
    }

    private static async ValueTask<bool> NextAsync(IAsyncEnumerator<JsonElement> items)
    {
        try
        {
            return await items.MoveNextAsync();
        }
        catch (JsonException exception)
        {
            throw Unreadable($"The text is no JSON array of items{(exception.LineNumber is { } line ? $" (line {line + 1})" : "")}.");
        }
    }

    private static GpuhuntItem Of(JsonElement item)
    {
        string Field(string name) => item.TryGetProperty(name, out var value)
            ? value.ValueKind switch
            {
                JsonValueKind.Null or JsonValueKind.Object or JsonValueKind.Array => "",
                JsonValueKind.String => value.GetString()!,
                _ => value.GetRawText(),
            }
            : "";
        return new GpuhuntItem(
            Field("provider"), Field("instance_name"), Field("location"), Field("price"), Field("cpu"), Field("memory"), Field("gpu_count"), Field("gpu_name"),
            Field("gpu_memory"), Field("spot"), Field("cpu_arch"));
    }

    private static PriceSourceException Unreadable(string detail) => new(PriceRefusals.Unreadable(detail, "Send gpuhunt's items as a JSON array of objects, or as CSV."));
}
