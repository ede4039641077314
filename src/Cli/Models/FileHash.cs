using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Terradev.Cli.Models;

/// <summary>Checksums of one file's content in lower-case hexadecimal; null where it was not asked for.</summary>
/// <param name="GitSha1">Git's blob hash: SHA-1 of <c>"blob " + length + "\0" + content</c>.</param>
internal sealed record FileHash(string? Sha256, string? GitSha1)
{
    private const int ChunkBytes = 1 << 20;

    /// <summary>Reads the file once, a mebibyte at a time; throws <see cref="IOException"/> when it changes meanwhile.</summary>
    /// <param name="read">Told how many bytes were read, chunk by chunk.</param>
    public static async Task<FileHash> OfAsync(FileInfo file, bool sha256, bool gitSha1, Action<int> read, CancellationToken cancellationToken)
    {
        using var large = sha256 ? IncrementalHash.CreateHash(HashAlgorithmName.SHA256) : null;
#pragma warning disable CA5350 // Git's objects are named by SHA-1.
        using var git = gitSha1 ? IncrementalHash.CreateHash(HashAlgorithmName.SHA1) : null;
#pragma warning restore CA5350
        var length = file.Length;
        git?.AppendData(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"blob {length}\0")));

        // Pipes and devices have no length either, and opening one may wait for ever.
        if (length > 0)
        {
            var left = length;
            var buffer = new byte[ChunkBytes];
            await using var stream = new FileStream(file.FullName, new FileStreamOptions { BufferSize = 0, Options = FileOptions.Asynchronous | FileOptions.SequentialScan });
            for (int got; (got = await stream.ReadAsync(buffer, cancellationToken)) > 0; left -= got)
            {
                large?.AppendData(buffer, 0, got);
                git?.AppendData(buffer, 0, got);
                read(got);
            }

            if (left != 0)
            {
                throw new IOException($"{file.FullName} changed while it was read.");
            }
        }

        return new FileHash(Hex(large), Hex(git));
    }

    private static string? Hex(IncrementalHash? hash) => hash is null ? null : Convert.ToHexStringLower(hash.GetHashAndReset());
}
