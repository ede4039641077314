using System.Text.Json;

namespace Terradev.EnvironmentGenerator.Runs;

/// <summary>One line of Terraform's <c>-json</c> output, as far as it is of use here.</summary>
internal sealed record TerraformMessage(string Type, string Text)
{
    /// <summary>Resource address, for messages about one resource.</summary>
    public string? Address { get; init; }

    /// <summary><c>create</c>, <c>update</c>, <c>delete</c>, <c>read</c>, <c>noop</c>.</summary>
    public string? Action { get; init; }

    /// <summary>Resources to add, change and remove, of a <c>change_summary</c>.</summary>
    public (int Add, int Change, int Remove)? Changes { get; init; }

    /// <summary>Outputs by name, of an <c>outputs</c> message; sensitive ones are left out.</summary>
    public IReadOnlyDictionary<string, string?>? Outputs { get; init; }

    /// <summary>Severity, of a <c>diagnostic</c>: <c>error</c> or <c>warning</c>.</summary>
    public string? Severity { get; init; }

    /// <summary>
    /// Reads a line such as <c>{"@level":"info","@message":"...","type":"apply_complete","hook":{"resource":{"addr":"aws_vpc.this"},"action":"create"}}</c>.
    /// What is no JSON object becomes a message of type <c>text</c>.
    /// </summary>
    public static TerraformMessage Parse(string line)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
            {
                return new TerraformMessage("text", line);
            }

            var message = new TerraformMessage(Read(root, "type") ?? "log", Read(root, "@message") ?? line);
            return message.Type switch
            {
                "planned_change" when root.TryGetProperty("change", out var change) =>
                    message with { Address = Read(change, "resource", "addr"), Action = Read(change, "action") },
                "apply_start" or "apply_progress" or "apply_complete" or "apply_errored" or "refresh_start" or "refresh_complete"
                    when root.TryGetProperty("hook", out var hook) =>
                    message with { Address = Read(hook, "resource", "addr"), Action = Read(hook, "action") },
                "change_summary" when root.TryGetProperty("changes", out var changes) =>
                    message with { Changes = (Number(changes, "add"), Number(changes, "change"), Number(changes, "remove")) },
                "outputs" when root.TryGetProperty("outputs", out var outputs) => message with { Outputs = ReadOutputs(outputs) },
                "diagnostic" when root.TryGetProperty("diagnostic", out var diagnostic) => message with
                {
                    Severity = Read(diagnostic, "severity"),
                    Address = Read(diagnostic, "address"),
                    Text = string.Join(": ", new[] { Read(diagnostic, "summary"), Read(diagnostic, "detail") }.Where(part => !string.IsNullOrEmpty(part))),
                },
                _ => message,
            };
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // No JSON, or a field of another kind than Terraform documents.
            return new TerraformMessage("text", line);
        }
    }

    private static Dictionary<string, string?> ReadOutputs(JsonElement outputs)
    {
        var values = new Dictionary<string, string?>(StringComparer.Ordinal);
        foreach (var output in outputs.EnumerateObject())
        {
            if (output.Value.TryGetProperty("sensitive", out var sensitive) && sensitive.ValueKind == JsonValueKind.True)
            {
                continue;
            }

            if (output.Value.TryGetProperty("value", out var value))
            {
                values[output.Name] = value.ValueKind switch
                {
                    JsonValueKind.Null => null,
                    JsonValueKind.String => value.GetString(),
                    _ => value.GetRawText(),
                };
            }
        }

        return values;
    }

    private static string? Read(JsonElement element, params ReadOnlySpan<string> path)
    {
        foreach (var name in path)
        {
            if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(name, out element))
            {
                return null;
            }
        }

        return element.ValueKind == JsonValueKind.String ? element.GetString() : null;
    }

    private static int Number(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.TryGetInt32(out var number) ? number : 0;
}
