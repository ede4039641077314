using MassTransit;
using Terradev.Contracts.ModelRegistry;

namespace Terradev.ModelRegistry.Requirements;

/// <summary>Answers <see cref="ResolveModel"/>; a refusal is an answer, only broken infrastructure is a fault.</summary>
internal sealed class OnResolveModel(SizeWorkload size) : IConsumer<ResolveModel>
{
    public async Task Consume(ConsumeContext<ResolveModel> context) =>
        await context.RespondAsync(await size.RunAsync(context.Message.Model, context.Message.Workload ?? new Workload(), context.CancellationToken));
}
