using System.Net;
using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using Quartz;
using Terradev.ComputeOptimizer.Offers;

namespace Terradev.ComputeOptimizer.Prices;

internal static class PriceSourcesModule
{
    /// <summary>The live sources, and a job for each that is switched on. A further source is a class and a line in here.</summary>
    public static void AddPriceSources(this IHostApplicationBuilder builder)
    {
        // Which sources there are must be known before any service is; the values are validated when the host starts.
        var options = builder.Configuration.GetSection(PriceSourcesOptions.Section).Get<PriceSourcesOptions>() ?? new PriceSourcesOptions();
        builder.Services.AddOptions<PriceSourcesOptions>().BindConfiguration(PriceSourcesOptions.Section).ValidateOnStart()
            .Validate(AreNamesUnique, $"{PriceSourcesOptions.Section}:Files have names that are used twice or by another source.")
            .Validate(sources => sources.Files.All(file => PriceListSource.Fault(file.Location) is null), $"{PriceSourcesOptions.Section}:Files have a Location that is neither an absolute path nor an http or https address without a password.")
            .Validate(sources => sources.AwsSpot.Regions.All(PriceText.IsName), $"{PriceSourcesOptions.Section}:AwsSpot:Regions has one that is no name of a region, such as us-east-1.");
        builder.Services.AddSingleton<IValidateOptions<PriceSourcesOptions>, PriceSourcesOptionsValidator>();
        builder.Services.AddSingleton(PriceSourceLimits.Default);
        builder.Services.AddSingleton<PriceSourceClient>();
        builder.Services.AddSingleton<AwsApi>();
        builder.Services.AddScoped<PriceSourceStates>();
        builder.Services.AddScoped<RefreshPrices>();
        builder.Services.AddPriceSourceHttp();

        Add<AwsPriceList>(AwsPriceList.SourceName, options.AwsPriceList.Enabled, options.AwsPriceList);
        foreach (var region in SpotRegions(options))
        {
            Add<AwsSpot>(AwsSpot.Prefix + region, options.AwsSpot.Enabled, region, options.AwsSpot);
        }

        Add<AzureRetail>(AzureRetail.SourceName, options.Azure.Enabled, options.Azure);
        Add<GcpBilling>(GcpBilling.SourceName, options.Gcp.Enabled, options.Gcp);
        foreach (var file in options.Files)
        {
            Add<PriceListSource>(file.Name, enabled: true, file);
        }

        builder.Services.AddQuartz(_ => { });
        builder.Services.AddQuartzHostedService(quartz => quartz.WaitForJobsToComplete = true);

        void Add<TSource>(string name, bool enabled, params object[] arguments)
            where TSource : class, IOfferSource
        {
            builder.Services.AddSingleton<IOfferSource>(services => ActivatorUtilities.CreateInstance<TSource>(services, arguments));
            if (enabled)
            {
                builder.Services.AddQuartz(quartz => quartz.ScheduleJob<RefreshPricesJob>(
                    trigger => trigger
                        .StartAt(TimeProvider.System.GetUtcNow() + (RefreshPricesJob.Start * (RandomNumberGenerator.GetInt32(1000) / 1000.0)))
                        .WithSimpleSchedule(schedule => schedule.WithInterval(RefreshPricesJob.Look).RepeatForever()),
                    job => job.WithIdentity(name)));
            }
        }
    }

    private static IEnumerable<string> SpotRegions(PriceSourcesOptions options) => options.AwsSpot.Regions.Count > 0 ? options.AwsSpot.Regions.Distinct(StringComparer.Ordinal) : AwsSpot.Regions;

    private static bool AreNamesUnique(PriceSourcesOptions options) =>
        ((string[])[AwsPriceList.SourceName, AzureRetail.SourceName, GcpBilling.SourceName, BuiltInCatalog.Source, .. SpotRegions(options).Select(region => AwsSpot.Prefix + region), .. options.Files.Select(file => file.Name)])
        .CountBy(name => name, StringComparer.Ordinal).All(name => name.Value == 1);

    internal static void AddPriceSourceHttp(this IServiceCollection services) => services.AddHttpClient(PriceSourceClient.Name)
        .RemoveAllLoggers()
        .SetHandlerLifetime(Timeout.InfiniteTimeSpan)
        .ConfigureHttpClient(client =>
        {
            client.Timeout = Timeout.InfiniteTimeSpan;
            client.DefaultRequestHeaders.UserAgent.ParseAdd("Terradev");
        })
        .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.GZip,
            ConnectTimeout = TimeSpan.FromSeconds(5),
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            MaxResponseHeadersLength = 64,
            UseCookies = false,
        });
}
