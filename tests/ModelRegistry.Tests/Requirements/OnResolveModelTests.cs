using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Terradev.Contracts;
using Terradev.Contracts.ModelRegistry;

namespace Terradev.ModelRegistry.Tests.Requirements;

public sealed class OnResolveModelTests : IAsyncDisposable
{
    private readonly RegistryApp _app = new();

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Fact]
    public async Task A_request_over_the_bus_is_answered_with_the_requirements()
    {
        var answer = await AskAsync(new ResolveModel("huggingface:google-bert/bert-base-uncased", new Workload(WorkloadMode.Lora, Precision.Fp16, 128, 4)));

        answer.Refusal.ShouldBeNull();
        answer.Model.ShouldNotBeNull().Id.ShouldBe("google-bert/bert-base-uncased");
        var requirements = answer.Requirements.ShouldNotBeNull();
        requirements.Mode.ShouldBe(WorkloadMode.Lora);
        requirements.ContextLength.ShouldBe(128);
        requirements.Parameters.ByDtype["F32"].ShouldBe(110_106_428);
        requirements.Memory.TotalBytes.ShouldBePositive();
    }

    [Theory]
    [InlineData("nobody/nothing", 1, RefusalCodes.HubUnreachable)]
    [InlineData("../..", 1, RefusalCodes.InvalidRequest)]
    [InlineData("gpt2", 0, RefusalCodes.InvalidRequest)]
    public async Task A_refusal_is_an_answer_too(string model, int context, string code)
    {
        var answer = await AskAsync(new ResolveModel(model, new Workload(ContextLength: context)));

        answer.Requirements.ShouldBeNull();
        answer.Refusal.ShouldNotBeNull().Code.ShouldBe(code);
    }

    private async Task<ModelResolved> AskAsync(ResolveModel request)
    {
        await using var scope = await _app.ScopeAsync();
        var client = scope.ServiceProvider.GetRequiredService<IBus>().CreateRequestClient<ResolveModel>();
        return (await client.GetResponse<ModelResolved>(request, TestContext.Current.CancellationToken)).Message;
    }
}
