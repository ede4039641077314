using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Terradev.EnvironmentGenerator.Runs;
using Terradev.EnvironmentGenerator.State;
using Terradev.ServiceDefaults;

namespace Terradev.EnvironmentGenerator.Tests.State;

public sealed class StateTests
{
    [Fact]
    public void What_was_encrypted_is_read_back_only_with_the_same_key_and_context()
    {
        var cipher = Cipher("one secret of thirty-two characters or more");
        var secret = cipher.Encrypt("state"u8, "state|a|1");
        Encoding.UTF8.GetString(secret).ShouldNotContain("state");
        cipher.Decrypt(secret, "state|a|1").ShouldBe("state"u8.ToArray());
        Should.Throw<CryptographicException>(() => cipher.Decrypt(secret, "state|b|1"));
        Should.Throw<CryptographicException>(() => Cipher("another secret of thirty-two characters").Decrypt(secret, "state|a|1"));
        secret[^1] ^= 1;
        Should.Throw<CryptographicException>(() => cipher.Decrypt(secret, "state|a|1"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("{\"serial\":1}")]
    [InlineData("{\"serial\":\"1\",\"lineage\":\"x\"}")]
    public void A_state_that_is_half_written_is_no_state(string text) => TerraformState.TryParse(Encoding.UTF8.GetBytes(text)).ShouldBeNull();

    [Fact]
    public void Addresses_are_those_of_managed_resources()
    {
        const string text = """
            {"version":4,"serial":7,"lineage":"l","resources":[
              {"mode":"managed","type":"aws_vpc","name":"this","module":"module.network","instances":[{}]},
              {"mode":"managed","type":"aws_subnet","name":"public","instances":[{"index_key":"a"},{"index_key":1}]},
              {"mode":"data","type":"aws_ami","name":"x","instances":[{}]}]}
            """;
        var state = TerraformState.TryParse(Encoding.UTF8.GetBytes(text))!;
        state.Serial.ShouldBe(7);
        state.Addresses.ShouldBe(["module.network.aws_vpc.this", "aws_subnet.public[\"a\"]", "aws_subnet.public[1]"]);
    }

    [Fact]
    public async Task Only_the_holder_of_the_lease_adds_a_version()
    {
        await using var app = await EnvironmentGeneratorApp.StartAsync(new() { ["Terraform:Path"] = "/nowhere/terraform" });
        var environment = await app.RequestAsync(EnvironmentGeneratorApp.Bert);
        await app.UntilAsync(environment.Id, e => e.Status == Terradev.Contracts.EnvironmentGenerator.EnvironmentStatus.Failed);
        var store = app.Services.GetRequiredService<StateStore>();
        long token;
        await using (var scope = app.Services.CreateAsyncScope())
        {
            token = (await scope.ServiceProvider.GetRequiredService<EnvironmentGeneratorDb>().Runs.SingleAsync(TestContext.Current.CancellationToken)).LeaseToken;
        }

        var holder = new RunLease(environment.Id, 1, "me", token);
        await store.SaveAsync(holder, State(1, "l"), CancellationToken.None);
        await store.SaveAsync(holder, State(1, "l"), CancellationToken.None);
        await store.SaveAsync(holder, State(2, "l"), CancellationToken.None);
        var (version, state) = (await store.LoadAsync(environment.Id, CancellationToken.None))!.Value;
        version.ShouldBe(2);
        state.Serial.ShouldBe(2);

        await Should.ThrowAsync<LeaseLostException>(() => store.SaveAsync(holder with { Token = token - 1 }, State(3, "l"), CancellationToken.None));
        await Should.ThrowAsync<InvalidOperationException>(() => store.SaveAsync(holder, State(1, "l"), CancellationToken.None));
        await Should.ThrowAsync<InvalidOperationException>(() => store.SaveAsync(holder, State(9, "other"), CancellationToken.None));
        (await store.LoadAsync(environment.Id, CancellationToken.None))!.Value.State.Serial.ShouldBe(2);
    }

    private static TerraformState State(long serial, string lineage) => TerraformState.TryParse(Encoding.UTF8.GetBytes(
        $$"""{"version":4,"serial":{{serial}},"lineage":"{{lineage}}","resources":[{"mode":"managed","type":"a","name":"b","instances":[{}]}]}"""))!;

    private static StateCipher Cipher(string key) => new(Options.Create(new StateOptions { Key = key }), Options.Create(new TerradevOptions()));
}
