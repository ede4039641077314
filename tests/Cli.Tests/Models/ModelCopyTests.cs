using System.Runtime.Versioning;
using System.Text;
using Terradev.Cli.Models;
using Terradev.Cli.Server;
using Terradev.Contracts.ModelRegistry;

namespace Terradev.Cli.Tests.Models;

[SupportedOSPlatform("linux")]
public sealed class ModelCopyTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("terradev-copy-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void A_folder_is_read_without_what_git_and_the_downloader_keep_in_it()
    {
        Write("config.json", "{}");
        Write("unet/model.safetensors", "w");
        Write(".git/HEAD", "x");
        Write(".cache/huggingface/download/config.json.metadata", "x");
        Write(".cache/mine", "x");
        Write(".gitattributes", "x");

        Copy().Files.Select(file => file.Path).ShouldBe([".cache/mine", ".gitattributes", "config.json", "unet/model.safetensors"]);
        ModelCopy.Of(_folder, "unet", default).Files.ShouldHaveSingleItem().Path.ShouldBe("unet/model.safetensors");
    }

    [Fact]
    public void A_repository_of_the_cache_is_read_through_its_links()
    {
        var snapshot = Cached("abc", main: "abc");
        Cached("def", main: null);

        foreach (var start in new[] { _folder.FullName + "/models--acme--tiny", _folder.FullName + "/models--acme--tiny/", snapshot, Link("elsewhere", snapshot) })
        {
            var copy = ModelCopy.Of(new DirectoryInfo(start), null, default);
            copy.Revision.ShouldBe("abc");
            var file = copy.Files.ShouldHaveSingleItem();
            (file.Path, file.Content.Length, file.Content.Name).ShouldBe(("config.json", 6, "blob-abc"));
        }
    }

    [Fact]
    public void Of_several_revisions_without_a_main_one_the_caller_chooses()
    {
        Cached("abc", main: null);
        ModelCopy.Of(new DirectoryInfo(_folder.FullName + "/models--acme--tiny"), null, default).Revision.ShouldBe("abc");
        Cached("def", main: null);

        var refused = Should.Throw<RefusedException>(() => ModelCopy.Of(new DirectoryInfo(_folder.FullName + "/models--acme--tiny"), null, default));

        refused.Refusal.NextStep.ShouldContain("models--acme--tiny/snapshots");
    }

    [Theory]
    [InlineData("/etc/passwd")]
    [InlineData("../outside")]
    [InlineData("nothing")]
    [InlineData("loop")]
    [InlineData(".")]
    public void A_link_that_leads_out_or_nowhere_is_refused(string target)
    {
        var inner = _folder.CreateSubdirectory("inner");
        Write("outside", "x");
        File.CreateSymbolicLink(Path.Combine(inner.FullName, "loop"), target);

        Should.Throw<RefusedException>(() => ModelCopy.Of(inner, null, default)).Refusal.Code.ShouldBe("copy-unreadable");
    }

    [Fact]
    public void A_linked_folder_on_the_way_is_refused()
    {
        var snapshot = Cached("abc", main: "abc");
        var blobs = Path.Combine(_folder.FullName, "models--acme--tiny", "blobs");
        Directory.Move(blobs, Path.Combine(_folder.FullName, "away"));
        Link("models--acme--tiny/blobs", Path.Combine(_folder.FullName, "away"));

        Should.Throw<RefusedException>(() => ModelCopy.Of(new DirectoryInfo(snapshot), null, default)).Refusal.Detail.ShouldContain("leads out");
    }

    [Fact]
    public void A_folder_of_very_many_files_is_refused()
    {
        for (var n = 0; n <= ModelCopy.MostFiles; n++)
        {
            File.WriteAllBytes(Path.Combine(_folder.FullName, $"f{n}"), []);
        }

        Should.Throw<RefusedException>(Copy).Refusal.Code.ShouldBe("copy-too-large");
    }

    [Fact]
    public void A_part_that_is_not_there_is_refused() =>
        Should.Throw<RefusedException>(() => ModelCopy.Of(_folder, "unet", default)).Refusal.Code.ShouldBe("copy-unreadable");

    [Theory]
    [InlineData(6, "b0f66adc83641586656866813fd9dd0b8ebb63796075661ba45d1aa8089e1d44", "ab2c6846789c5681cd5544fd3e407c6648761ab9")]
    [InlineData((3 << 20) + 1, "5983281b51c767c831104f52c95e4075f27e6f4fa8dd0526e3929f79176a1217", "cf5e4e28b46a79f71ba67720a8fafd00f914b318")]
    public async Task Checksums_are_those_of_sha256sum_and_git(int zeros, string sha256, string gitSha1)
    {
        Write("x", new byte[zeros]);
        var read = 0;

        var hash = await FileHash.OfAsync(Copy().Files[0].Content, true, true, got => read += got, default);

        hash.ShouldBe(new FileHash(sha256, gitSha1));
        read.ShouldBe(zeros);
    }

    [Fact]
    public async Task Git_names_the_empty_file_like_this()
    {
        Write("x", "");

        (await FileHash.OfAsync(Copy().Files[0].Content, false, true, _ => { }, default)).ShouldBe(new FileHash(null, "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"));
    }

    [Fact]
    public async Task A_file_that_shrinks_meanwhile_is_not_taken_for_its_old_self()
    {
        Write("x", "123456");
        var file = Copy().Files[0].Content;
        file.Length.ShouldBe(6);
        Write("x", "123");

        await Should.ThrowAsync<IOException>(() => FileHash.OfAsync(file, true, true, _ => { }, default));
    }

    [Fact]
    public async Task Only_what_can_be_compared_is_read()
    {
        Write("weights", "wwww");
        Write("config", "c");
        Write("short", "s");
        Write("extra", "e");
        ModelFile[] recorded = [new("weights", 4, new string('a', 64)), new("config", 1, null, new string('b', 40)), new("short", 2, new string('a', 64)), new("gone", 1, null)];

        var files = await VerifyCommand.HashAsync(Copy(), recorded, TimeProvider.System, _ => { }, default);

        files.Select(file => (file.Path, file.SizeBytes, file.Sha256 is not null, file.GitSha1 is not null))
            .ShouldBe([("config", 1, false, true), ("extra", 1, false, false), ("short", 1, false, false), ("weights", 4, true, false)]);
    }

    [Fact]
    public async Task An_interrupt_ends_the_reading()
    {
        Write("x", new byte[5 << 20]);
        using var interrupt = new CancellationTokenSource();

        await Should.ThrowAsync<OperationCanceledException>(() => FileHash.OfAsync(Copy().Files[0].Content, true, false, _ => interrupt.Cancel(), interrupt.Token));
    }

    private ModelCopy Copy() => ModelCopy.Of(_folder, null, default);

    private string Cached(string revision, string? main)
    {
        Write($"models--acme--tiny/blobs/blob-{revision}", "{12345");
        var snapshot = _folder.CreateSubdirectory($"models--acme--tiny/snapshots/{revision}");
        File.CreateSymbolicLink(Path.Combine(snapshot.FullName, "config.json"), $"../../blobs/blob-{revision}");
        if (main is not null)
        {
            Write("models--acme--tiny/refs/main", main + "\n");
        }

        return snapshot.FullName;
    }

    private string Link(string path, string target) => File.CreateSymbolicLink(Path.Combine(_folder.FullName, path), target).FullName;

    private void Write(string path, string content) => Write(path, Encoding.UTF8.GetBytes(content));

    private void Write(string path, byte[] content)
    {
        var file = new FileInfo(Path.Combine(_folder.FullName, path));
        file.Directory!.Create();
        File.WriteAllBytes(file.FullName, content);
    }
}
