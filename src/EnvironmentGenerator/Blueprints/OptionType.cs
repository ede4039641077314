using System.Text.Json;
using System.Text.Json.Nodes;

namespace Terradev.EnvironmentGenerator.Blueprints;

/// <summary>
/// A type as a variable declares it: its JSON Schema (draft 2020-12), and whether a value is of it. Stricter than Terraform,
/// which turns "8" into 8 and drops attributes of an object that it does not know, a misspelt one too.
/// </summary>
internal abstract record OptionType
{
    public abstract JsonObject Schema();

    /// <summary>Adds what is wrong with the value; <paramref name="path"/> leads to it from the variable and is empty for the variable itself.</summary>
    public abstract void Check(JsonElement value, string path, ICollection<string> faults);

    /// <summary>The type that the pieces write, or why they write none.</summary>
    public static (OptionType? Type, string? Cause) Read(HclExpression expression)
    {
        var cursor = new HclCursor(expression.Tokens);
        var (type, cause) = Read(cursor);
        return cause is null && !cursor.AtEnd ? (null, "something follows the type.") : (type, cause);
    }

    /// <summary>Also null, as an optional attribute or a nullable variable takes it.</summary>
    public JsonObject NullableSchema()
    {
        var schema = Schema();
        if (schema["type"] is JsonValue type)
        {
            schema["type"] = new JsonArray(type.GetValue<string>(), "null");
        }

        return schema;
    }

    protected static string At(string path) => path.Length == 0 ? "" : $"{path}: ";

    protected static string Below(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";

    private static (OptionType? Type, string? Cause) Read(HclCursor cursor)
    {
        var word = cursor.Next;
        cursor.Skip();
        if (word.Kind != HclKind.Identifier)
        {
            return (null, "a type is missing.");
        }

        switch (word.Value)
        {
            case "any":
                return (new AnyType(), null);
            case "string" or "number" or "bool":
                return (new PrimitiveType(word.Value), null);
            case "list" or "set" or "map":
                // Without brackets, as old files have it, the items are of any type.
                if (!cursor.Take("("))
                {
                    return (new ManyType(word.Value, new AnyType()), null);
                }

                var (item, cause) = Read(cursor);
                cursor.TakeSeparators();
                return cause is not null ? (null, cause) : cursor.Take(")") ? (new ManyType(word.Value, item!), null) : (null, $"{word.Value} has one type in brackets.");
            case "tuple":
                return ReadTuple(cursor);
            case "object":
                return ReadObject(cursor);
            default:
                return (null, $"there is no type {word.Value}.");
        }
    }

    private static (OptionType?, string?) ReadTuple(HclCursor cursor)
    {
        var items = new List<OptionType>();
        if (!cursor.Take("(") || !cursor.Take("["))
        {
            return (null, "tuple has a list of types in brackets.");
        }

        while (!cursor.Take("]"))
        {
            var (item, cause) = Read(cursor);
            if (cause is not null)
            {
                return (null, cause);
            }

            items.Add(item!);
            cursor.TakeSeparators();
        }

        return cursor.Take(")") ? (new TupleType(items), null) : (null, "a ) is missing after tuple.");
    }

    private static (OptionType?, string?) ReadObject(HclCursor cursor)
    {
        var attributes = new SortedDictionary<string, ObjectAttribute>(StringComparer.Ordinal);
        if (!cursor.Take("(") || !cursor.Take("{"))
        {
            return (null, "object has attributes in ({ }).");
        }

        while (!cursor.Take("}"))
        {
            var name = cursor.Next;
            cursor.Skip();
            if (name is not ({ Kind: HclKind.Identifier } or { Kind: HclKind.Text, Inner: null }) || !(cursor.Take("=") || cursor.Take(":")))
            {
                return (null, "an attribute of an object is written name = type.");
            }

            JsonNode? otherwise = null;
            var optional = cursor.Take("optional");
            if (optional && !cursor.Take("("))
            {
                return (null, "optional has a type in brackets.");
            }

            var (type, cause) = Read(cursor);
            if (cause is not null)
            {
                return (null, cause);
            }

            if (optional && ((cursor.Take(",") && !cursor.TryLiteral(out otherwise)) || !cursor.Take(")")))
            {
                return (null, "optional has a type and a literal default in brackets.");
            }

            if (!attributes.TryAdd(name.Value, new ObjectAttribute(type!, optional, otherwise)))
            {
                return (null, $"{name.Value} is an attribute twice.");
            }

            cursor.TakeSeparators();
        }

        return cursor.Take(")") ? (new ObjectType(attributes), null) : (null, "a ) is missing after object.");
    }
}

internal sealed record AnyType : OptionType
{
    public override JsonObject Schema() => [];

    public override void Check(JsonElement value, string path, ICollection<string> faults)
    {
    }
}

internal sealed record PrimitiveType(string Name) : OptionType
{
    public override JsonObject Schema() => new() { ["type"] = Name == "bool" ? "boolean" : Name };

    public override void Check(JsonElement value, string path, ICollection<string> faults)
    {
        var (fits, wanted) = Name switch
        {
            "string" => (value.ValueKind == JsonValueKind.String, "a text in quotes"),
            "number" => (value.ValueKind == JsonValueKind.Number, "a number, without quotes"),
            _ => (value.ValueKind is JsonValueKind.True or JsonValueKind.False, "true or false, without quotes"),
        };
        if (!fits)
        {
            faults.Add($"{At(path)}Give {wanted}.");
        }
    }
}

/// <summary>A list, a set or a map.</summary>
internal sealed record ManyType(string Name, OptionType Item) : OptionType
{
    public override JsonObject Schema() => Name switch
    {
        "map" => new() { ["type"] = "object", ["additionalProperties"] = Item.Schema() },
        "set" => new() { ["type"] = "array", ["items"] = Item.Schema(), ["uniqueItems"] = true },
        _ => new() { ["type"] = "array", ["items"] = Item.Schema() },
    };

    public override void Check(JsonElement value, string path, ICollection<string> faults)
    {
        if (Name == "map")
        {
            if (value.ValueKind != JsonValueKind.Object)
            {
                faults.Add($"{At(path)}Give an object of names and values.");
                return;
            }

            foreach (var property in value.EnumerateObject())
            {
                Item.Check(property.Value, Below(path, property.Name), faults);
            }

            return;
        }

        if (value.ValueKind != JsonValueKind.Array)
        {
            faults.Add($"{At(path)}Give a list.");
            return;
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (index, item) in value.EnumerateArray().Index())
        {
            Item.Check(item, $"{path}[{index}]", faults);
            if (Name == "set" && !seen.Add(item.GetRawText()))
            {
                faults.Add($"{path}[{index}]: It is in the list already.");
            }
        }
    }
}

internal sealed record TupleType(IReadOnlyList<OptionType> Items) : OptionType
{
    public override JsonObject Schema() => new()
    {
        ["type"] = "array",
        ["prefixItems"] = new JsonArray([.. Items.Select(item => item.Schema())]),
        ["items"] = false,
        ["minItems"] = Items.Count,
    };

    public override void Check(JsonElement value, string path, ICollection<string> faults)
    {
        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() != Items.Count)
        {
            faults.Add($"{At(path)}Give a list of {Items.Count}.");
            return;
        }

        foreach (var (index, item) in value.EnumerateArray().Index())
        {
            Items[index].Check(item, $"{path}[{index}]", faults);
        }
    }
}

internal sealed record ObjectAttribute(OptionType Type, bool Optional, JsonNode? Default);

internal sealed record ObjectType(IReadOnlyDictionary<string, ObjectAttribute> Attributes) : OptionType
{
    public override JsonObject Schema()
    {
        var properties = new JsonObject();
        foreach (var (name, attribute) in Attributes)
        {
            var schema = attribute.Optional ? attribute.Type.NullableSchema() : attribute.Type.Schema();
            if (attribute.Default is { } otherwise)
            {
                schema["default"] = otherwise.DeepClone();
            }

            properties[name] = schema;
        }

        var required = Attributes.Where(attribute => !attribute.Value.Optional).Select(attribute => (JsonNode)attribute.Key).ToArray();
        var whole = new JsonObject { ["type"] = "object", ["properties"] = properties, ["additionalProperties"] = false };
        if (required.Length > 0)
        {
            whole["required"] = new JsonArray(required);
        }

        return whole;
    }

    public override void Check(JsonElement value, string path, ICollection<string> faults)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            faults.Add($"{At(path)}Give an object with {string.Join(", ", Attributes.Keys)}.");
            return;
        }

        foreach (var property in value.EnumerateObject())
        {
            if (!Attributes.TryGetValue(property.Name, out var attribute))
            {
                faults.Add($"{At(Below(path, property.Name))}Not known. {CloseName.Hint(property.Name, Attributes.Keys)}");
            }
            else if (!attribute.Optional || property.Value.ValueKind != JsonValueKind.Null)
            {
                attribute.Type.Check(property.Value, Below(path, property.Name), faults);
            }
        }

        foreach (var (name, attribute) in Attributes)
        {
            if (!attribute.Optional && !value.TryGetProperty(name, out _))
            {
                faults.Add($"{At(Below(path, name))}It is needed.");
            }
        }
    }
}
