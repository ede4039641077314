using MassTransit;
using Terradev.Contracts.ComputeOptimizer;

namespace Terradev.ComputeOptimizer.Recommendations;

internal sealed class OnRecommend(RecommendationDesk desk) : IConsumer<Recommend>
{
    public async Task Consume(ConsumeContext<Recommend> context) =>
        await context.RespondAsync(await desk.AnswerAsync(context.Message, context.CancellationToken));
}
