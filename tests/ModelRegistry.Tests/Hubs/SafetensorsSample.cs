using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using Terradev.ModelRegistry.Hubs;
using Terradev.Testing;

namespace Terradev.ModelRegistry.Tests.Hubs;

/// <summary>Makes safetensors files whose weights are zeros.</summary>
internal static class SafetensorsSample
{
    public static byte[] File(params (string Name, string Dtype, int[] Shape)[] tensors)
    {
        var end = 0L;
        var header = new Dictionary<string, object> { ["__metadata__"] = new { format = "pt" } };
        foreach (var (name, dtype, shape) in tensors)
        {
            var begin = end;
            end += shape.Aggregate(1L, (product, size) => product * size) * SafetensorsDtype.Find(dtype)!.Bits / 8;
            header[name] = new { dtype, shape, data_offsets = new[] { begin, end } };
        }

        var json = JsonSerializer.Serialize(header);
        return [.. Header(json.PadRight((json.Length + 7) / 8 * 8)), .. new byte[end]];
    }

    /// <summary>The length and the JSON, without data.</summary>
    public static byte[] Header(string json) => [.. Length((ulong)Encoding.UTF8.GetByteCount(json)), .. Encoding.UTF8.GetBytes(json)];

    public static byte[] Length(ulong bytes)
    {
        var length = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(length, bytes);
        return length;
    }

    public static byte[] Index(params (string Tensor, string Shard)[] tensors) =>
        JsonSerializer.SerializeToUtf8Bytes(new { metadata = new { total_size = 1 }, weight_map = tensors.ToDictionary(entry => entry.Tensor, entry => entry.Shard) });

    /// <summary>Serves a repository whose parameters the hub has not counted, at commit <c>1</c> and at <c>main</c>.</summary>
    public static void ServeRepository(this FakeHub hub, string id, params (string Path, byte[] Content)[] files)
    {
        hub.ServeMetadata(id, [.. files.Select(file => (file.Path, (long?)file.Content.Length))]);
        foreach (var (path, content) in files)
        {
            foreach (var address in new[] { $"/{id}/resolve/1/{path}", $"/{id}/resolve/main/{path}", $"/{id}/raw/main/{path}" })
            {
                hub.ServeFile(address, content);
            }
        }
    }

    public static void ServeMetadata(this FakeHub hub, string id, params (string Path, long? Size)[] files) =>
        hub.Serve($"/api/models/{id}", JsonSerializer.Serialize(new { id, sha = "1", siblings = files.Select(file => new { rfilename = file.Path, size = file.Size }) }));
}
