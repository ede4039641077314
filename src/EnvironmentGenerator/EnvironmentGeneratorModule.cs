using Microsoft.Extensions.Options;
using Terradev.Contracts.ComputeOptimizer;
using Terradev.Contracts.DatasetRegistry;
using Terradev.Contracts.EnvironmentGenerator;
using Terradev.Contracts.ModelRegistry;
using Terradev.EnvironmentGenerator.Blueprints;
using Terradev.EnvironmentGenerator.Environments;
using Terradev.EnvironmentGenerator.Lifecycle;
using Terradev.EnvironmentGenerator.Migrations;
using Terradev.EnvironmentGenerator.Runs;
using Terradev.EnvironmentGenerator.State;
using Terradev.ServiceDefaults;

namespace Terradev.EnvironmentGenerator;

/// <summary>The service as two methods; its own process and Standalone call the same ones.</summary>
public static class EnvironmentGeneratorModule
{
    private static readonly IReadOnlyList<Type> Events =
        [.. typeof(EnvironmentEvent).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(EnvironmentEvent)))];

    /// <summary>Store, outbox, run workers and the deadline watch.</summary>
    public static IHostApplicationBuilder AddEnvironmentGenerator(this IHostApplicationBuilder builder)
    {
        builder.AddStore<EnvironmentGeneratorDb, SqliteEnvironmentGeneratorDb, PostgresEnvironmentGeneratorDb>("environmentgenerator");
        builder.AddOutbox<EnvironmentGeneratorDb>(Events);
        builder.AddToBus(bus =>
        {
            bus.AddRequestClient<ResolveModel>(Messaging.RequestTimeout);
            bus.AddRequestClient<ResolveDataset>(Messaging.RequestTimeout);
            bus.AddRequestClient<Recommend>(Messaging.RequestTimeout);
            bus.AddRequestClient<PriceOffer>(Messaging.RequestTimeout);
            bus.AddRequestClient<ForecastCost>(Messaging.RequestTimeout);
        }, Events);

        builder.Services.AddOptions<TerraformOptions>().BindConfiguration(TerraformOptions.Section).ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<TerraformOptions>, TerraformOptionsValidator>();
        builder.Services.AddOptions<RunOptions>().BindConfiguration(RunOptions.Section).ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<RunOptions>, RunOptionsValidator>();
        builder.Services.AddOptions<StateOptions>().BindConfiguration(StateOptions.Section)
            .Validate(options => options.Key is null or { Length: 0 or >= 32 }, $"{StateOptions.Section}:Key is too short: give 32 characters or more.")
            .ValidateOnStart();

        builder.Services.AddSingleton<Terraform>();
        builder.Services.AddSingleton<ProviderMirror>();
        builder.Services.AddSingleton<PrepareProviders>();
        builder.Services.AddSingleton<BlueprintCatalog>();
        builder.Services.AddSingleton<ValidateBlueprint>();
        builder.Services.AddScoped<RegisterBlueprint>();
        builder.Services.AddSingleton<AwsAccess>();
        builder.Services.AddSingleton<StateCipher>();
        builder.Services.AddSingleton<StateStore>();
        builder.Services.AddSingleton<StateWatcher>();
        builder.Services.AddSingleton<RunFolders>();
        builder.Services.AddSingleton<RunSignal>();
        builder.Services.AddSingleton<RunWorkspace>();
        builder.Services.AddSingleton<EndRun>();
        builder.Services.AddSingleton<AskServices>();
        builder.Services.AddSingleton<PriceAgain>();
        builder.Services.AddSingleton<ExecuteRun>();
        builder.Services.AddSingleton<ChangeEnvironment>();
        builder.Services.AddScoped<ChooseOffer>();
        builder.Services.AddScoped<ForecastEnvironment>();
        builder.Services.AddScoped<RequestEnvironment>();
        builder.Services.AddHostedService<RunWorker>();
        builder.Services.AddHostedService<EndAtDeadline>();
        // A stopping service interrupts its Terraform runs and stores their state; 30 seconds would cut that off.
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromMinutes(3));
        return builder;
    }

    public static IEndpointRouteBuilder MapEnvironmentGenerator(this IEndpointRouteBuilder app)
    {
        app.MapEnvironmentsApi();
        app.MapRunsApi();
        app.MapEventsApi();
        app.MapBlueprintsApi();
        return app;
    }
}
