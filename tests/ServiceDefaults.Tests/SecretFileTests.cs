namespace Terradev.ServiceDefaults.Tests;

public sealed class SecretFileTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("terradev-test-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Of_many_at_once_one_wins_and_all_read_its_secret()
    {
        var path = Path.Combine(_folder.FullName, "key");
        using var start = new Barrier(16);
        var secrets = await Task.WhenAll(Enumerable.Range(0, 16).Select(n => Task.Factory.StartNew(
            () =>
            {
                start.SignalAndWait();
                return SecretFile.ReadOrCreate(path, () => $"secret {n}");
            },
            TaskCreationOptions.LongRunning)));

        secrets.Distinct().ShouldHaveSingleItem().ShouldStartWith("secret ");
        _folder.GetFiles().ShouldHaveSingleItem().Name.ShouldBe("key");
    }

    [Fact]
    public void Only_the_owner_can_read_it()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no file modes.");
        var path = Path.Combine(_folder.FullName, "key");
        SecretFile.ReadOrCreate(path, () => "secret");
#pragma warning disable CA1416 // Windows skips this test.
        File.GetUnixFileMode(path).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
#pragma warning restore CA1416
    }

    [Fact]
    public void A_kept_secret_is_not_made_again()
    {
        var path = Path.Combine(_folder.FullName, "key");
        SecretFile.ReadOrCreate(path, () => "first");
        SecretFile.ReadOrCreate(path, () => throw new InvalidOperationException("must not be asked")).ShouldBe("first");
    }
}
