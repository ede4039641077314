using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using Terradev.ServiceDefaults;

namespace Terradev.EnvironmentGenerator.State;

/// <summary>Compresses and encrypts with AES-256-GCM; the context is authenticated, so that a row cannot be passed off as another.</summary>
internal sealed class StateCipher
{
    private const int NonceBytes = 12;
    private const int TagBytes = 16;
    private readonly byte[] _key;

    public StateCipher(IOptions<StateOptions> options, IOptions<TerradevOptions> terradev)
    {
        var secret = string.IsNullOrWhiteSpace(options.Value.Key)
            ? SecretFile.ReadOrCreate(Path.Combine(terradev.Value.EnsureDataDirectory(), "state.key"), () => Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)))
            : options.Value.Key.Trim();
        _key = HKDF.DeriveKey(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(secret), 32, info: "terradev state"u8.ToArray());
        KeyId = Convert.ToHexStringLower(SHA256.HashData(_key))[..16];
    }

    /// <summary>Names the key without telling it.</summary>
    public string KeyId { get; }

    public byte[] Encrypt(ReadOnlySpan<byte> clear, string context)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(clear);
        }

        var result = new byte[NonceBytes + TagBytes + compressed.Length];
        RandomNumberGenerator.Fill(result.AsSpan(0, NonceBytes));
        using var aes = new AesGcm(_key, TagBytes);
        aes.Encrypt(
            result.AsSpan(0, NonceBytes), compressed.GetBuffer().AsSpan(0, (int)compressed.Length),
            result.AsSpan(NonceBytes + TagBytes), result.AsSpan(NonceBytes, TagBytes), Encoding.UTF8.GetBytes(context));
        return result;
    }

    /// <exception cref="CryptographicException">The key is another one, or the text or its context was changed.</exception>
    public byte[] Decrypt(ReadOnlySpan<byte> secret, string context)
    {
        var compressed = new byte[secret.Length - NonceBytes - TagBytes];
        using var aes = new AesGcm(_key, TagBytes);
        aes.Decrypt(secret[..NonceBytes], secret[(NonceBytes + TagBytes)..], secret.Slice(NonceBytes, TagBytes), compressed, Encoding.UTF8.GetBytes(context));
        using var gzip = new GZipStream(new MemoryStream(compressed), CompressionMode.Decompress);
        using var clear = new MemoryStream();
        gzip.CopyTo(clear);
        return clear.ToArray();
    }
}
