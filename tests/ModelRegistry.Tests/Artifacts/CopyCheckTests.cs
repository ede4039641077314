using Terradev.Contracts;
using Terradev.Contracts.ModelRegistry;
using Terradev.ModelRegistry.Artifacts;
using Terradev.ModelRegistry.Hubs;

namespace Terradev.ModelRegistry.Tests.Artifacts;

public sealed class CopyCheckTests
{
    private static readonly string A = new('a', 64);
    private static readonly string B = new('b', 64);
    private static readonly string Git = new('c', 40);

    private static readonly HubModel Model = Sample.Made(null, null,
        new ModelFile("model.safetensors", 100, A),
        new ModelFile("config.json", 10, null, Git),
        new ModelFile("notes.txt", 5, null),
        new ModelFile("unet/model.safetensors", 50, B));

    private static readonly DeclaredFile Weights = new() { Path = "model.safetensors", SizeBytes = 100, Sha256 = A };
    private static readonly DeclaredFile Config = new() { Path = "config.json", SizeBytes = 10, GitSha1 = Git };
    private static readonly DeclaredFile Notes = new() { Path = "notes.txt", SizeBytes = 5 };
    private static readonly DeclaredFile Unet = new() { Path = "unet/model.safetensors", SizeBytes = 50, Sha256 = B.ToUpperInvariant() };

    [Fact]
    public void A_whole_copy_is_ok_where_there_are_checksums()
    {
        var report = CopyCheck.Of(Model, null, [Weights, Config, Notes, Unet]);

        report.Verdict.ShouldBe(CopyVerdict.Unverified);
        report.Counts.ShouldBe(new FileCounts(3, 0, 0, 0, 1));
        report.Files.Select(file => (file.Path, file.Status, file.Algorithm)).ShouldBe(
        [
            ("config.json", FileStatus.Ok, "git-sha1"), ("model.safetensors", FileStatus.Ok, "sha256"), ("notes.txt", FileStatus.Unverifiable, null),
            ("unet/model.safetensors", FileStatus.Ok, "sha256"),
        ]);
        report.Model.ShouldBe("huggingface:made/up");
    }

    [Fact]
    public void One_folder_is_compared_with_itself_alone()
    {
        var report = CopyCheck.Of(Model, "unet", [Unet]);

        report.Verdict.ShouldBe(CopyVerdict.Intact);
        report.Counts.ShouldBe(new FileCounts(1, 0, 0, 0, 0));
        CopyCheck.IsIn("une", "unet/model.safetensors").ShouldBeFalse();
        CopyCheck.IsIn("unet", "unet").ShouldBeFalse();
    }

    [Fact]
    public void The_worst_thing_is_the_verdict()
    {
        var extra = new DeclaredFile { Path = "extra.py", SizeBytes = 1 };

        CopyCheck.Of(Model, null, [Weights, Config, Notes, Unet, extra]).Verdict.ShouldBe(CopyVerdict.Extended);
        CopyCheck.Of(Model, null, [Weights, Config, Notes, extra]).Verdict.ShouldBe(CopyVerdict.Incomplete);
        CopyCheck.Of(Model, null, [Weights with { Sha256 = B }, Config, Notes, extra]).Verdict.ShouldBe(CopyVerdict.Damaged);
        CopyCheck.Of(Model, null, []).Counts.ShouldBe(new FileCounts(0, 0, 4, 0, 0));
    }

    [Fact]
    public void A_mismatch_tells_what_was_expected_and_what_is_there()
    {
        var check = CopyCheck.Of(Model, null, [Weights with { Sha256 = B }]).Files.Single(file => file.Path == "model.safetensors");

        check.ShouldBe(new FileCheck("model.safetensors", FileStatus.Mismatch, 100, 100, "sha256", A, B));
    }

    [Fact]
    public void A_size_alone_is_a_mismatch_whatever_the_checksum()
    {
        Status(Notes with { SizeBytes = 6 }).ShouldBe(FileStatus.Mismatch);
        Status(Weights with { SizeBytes = 99 }).ShouldBe(FileStatus.Mismatch);
    }

    [Fact]
    public void A_checksum_that_the_copy_does_not_tell_cannot_be_compared()
    {
        Status(Weights with { Sha256 = null, GitSha1 = Git }).ShouldBe(FileStatus.Unverifiable);
        Status(Config with { GitSha1 = null, Sha256 = A }).ShouldBe(FileStatus.Unverifiable);
    }

    [Fact]
    public void Both_checksums_must_agree_where_both_are_known()
    {
        var model = Sample.Made(null, null, new ModelFile("x", 1, A, Git));

        var check = CopyCheck.Of(model, null, [new DeclaredFile { Path = "x", SizeBytes = 1, Sha256 = A, GitSha1 = new string('0', 40) }]).Files.ShouldHaveSingleItem();

        (check.Status, check.Algorithm).ShouldBe((FileStatus.Mismatch, "git-sha1"));
    }

    [Fact]
    public void A_recorded_checksum_that_is_none_proves_nothing()
    {
        var model = Sample.Made(null, null, new ModelFile("x", null, "W/\"etag\""), new ModelFile("x", 7, A));

        CopyCheck.Of(model, null, [new DeclaredFile { Path = "x", SizeBytes = 1, Sha256 = A }]).Files.ShouldHaveSingleItem().Status.ShouldBe(FileStatus.Unverifiable);
    }

    private static FileStatus Status(DeclaredFile file) => CopyCheck.Of(Model, null, [file]).Files.Single(check => check.Path == file.Path).Status;
}
