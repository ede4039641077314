using MassTransit;
using Terradev.Contracts.ComputeOptimizer;

namespace Terradev.ComputeOptimizer.Advice;

internal sealed class OnForecastCost(ForecastDesk desk) : IConsumer<ForecastCost>
{
    public async Task Consume(ConsumeContext<ForecastCost> context) =>
        await context.RespondAsync(await desk.AnswerAsync(context.Message.Request, context.CancellationToken));
}
