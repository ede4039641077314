namespace Terradev.Blueprints.Tests;

public sealed class SameFilesTests
{
    [Theory]
    [InlineData("environment.tf")]
    [InlineData("variables.tf")]
    public void What_blueprints_share_is_the_same_text_in_all(string file)
    {
        var texts = Repository.Blueprints.ToDictionary(name => name, name => File.ReadAllText(Path.Combine(Repository.BlueprintFolder(name), file)));
        texts.ShouldContainKey("training");
        texts.Where(text => text.Value != texts["training"]).Select(text => text.Key).ShouldBeEmpty($"differ from training/{file}");
    }

    [Fact]
    public void Every_blueprint_has_the_files_a_reader_looks_for()
    {
        string[] wanted = ["environment.tf", "variables.tf", "main.tf", "outputs.tf", "versions.tf", "backend.tf", "README.md"];
        foreach (var blueprint in Repository.Blueprints)
        {
            wanted.Where(file => !File.Exists(Path.Combine(Repository.BlueprintFolder(blueprint), file))).ShouldBeEmpty(blueprint);
        }
    }
}
