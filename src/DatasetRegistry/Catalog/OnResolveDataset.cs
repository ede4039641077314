using MassTransit;
using Terradev.Contracts.DatasetRegistry;

namespace Terradev.DatasetRegistry.Catalog;

/// <summary>Answers <see cref="ResolveDataset"/>; a refusal is an answer, only broken infrastructure is a fault.</summary>
internal sealed class OnResolveDataset(FindDataset datasets) : IConsumer<ResolveDataset>
{
    public async Task Consume(ConsumeContext<ResolveDataset> context)
    {
        var found = await datasets.RunAsync(context.Message.Dataset, context.CancellationToken);
        await context.RespondAsync(new DatasetResolved(found.Dataset?.ToSummary(), found.Refusal));
    }
}
