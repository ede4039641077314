using Microsoft.Extensions.Diagnostics.HealthChecks;
using Terradev.ComputeOptimizer.Advice;
using Terradev.ComputeOptimizer.Migrations;
using Terradev.ComputeOptimizer.Offers;
using Terradev.ComputeOptimizer.Prices;
using Terradev.ComputeOptimizer.Recommendations;
using Terradev.Contracts.ComputeOptimizer;
using Terradev.ServiceDefaults;

namespace Terradev.ComputeOptimizer;

/// <summary>The service as two methods; its own process and Standalone call the same ones.</summary>
public static class ComputeOptimizerModule
{
    public static IHostApplicationBuilder AddComputeOptimizer(this IHostApplicationBuilder builder)
    {
        builder.AddStore<ComputeOptimizerDb, SqliteComputeOptimizerDb, PostgresComputeOptimizerDb>("computeoptimizer");
        builder.AddOutbox<ComputeOptimizerDb>([typeof(PricesUpdated)]);
        builder.Services.AddSingleton<OfferBook>();
        builder.Services.AddSingleton(OptimizerPolicy.Default);
        builder.Services.AddSingleton<RecommendationDesk>();
        builder.Services.AddScoped<ResolveRequest>();
        builder.Services.AddScoped<RecommendForModel>();
        builder.Services.AddScoped<AdviceDesk>();
        builder.Services.AddScoped<ForecastDesk>();
        builder.Services.AddSingleton<CurrentPrices>();
        builder.Services.AddSingleton<PricesChanged>();
        builder.Services.AddScoped<ImportPrices>();
        builder.Services.AddScoped<ImportPriceList>();
        builder.Services.AddSingleton<ImportTurns>();
        builder.AddPriceListHttp();
        builder.AddPriceSources();
        builder.Services.AddHostedService<KeepOfferBook>();
        builder.Services.AddHealthChecks().AddCheck<OfferBookHealth>("offers");
        builder.AddToBus(
            bus =>
            {
                bus.AddConsumer<OnRecommend>();
                bus.AddConsumer<OnPriceOffer>();
                bus.AddConsumer<OnForecastCost>();
            },
            typeof(PricesUpdated));
        return builder;
    }

    public static IEndpointRouteBuilder MapComputeOptimizer(this IEndpointRouteBuilder app)
    {
        app.MapOffersApi();
        app.MapImportApi();
        app.MapSourcesApi();
        app.MapGpusApi();
        app.MapRecommendationsApi();
        app.MapAdviceApi();
        return app;
    }

    private sealed class OfferBookHealth(OfferBook book) : IHealthCheck
    {
        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
            Task.FromResult(book.IsOpen ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("The prices are not loaded yet."));
    }
}
