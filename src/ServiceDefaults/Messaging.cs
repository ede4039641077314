using MassTransit;
using Terradev.Contracts;

namespace Terradev.ServiceDefaults;

/// <summary>One bus per process: RabbitMQ when <c>ConnectionStrings:rabbitmq</c> is set, otherwise in memory.</summary>
public static class Messaging
{
    private const string PropertyKey = "Terradev.Messaging";

    /// <summary>How long a service waits for another one's answer.</summary>
    public static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(20);

    /// <summary>Called by a module: adds its consumers, request clients and published events to the bus of the process.</summary>
    public static void AddToBus(this IHostApplicationBuilder builder, Action<IBusRegistrationConfigurator> consumers, params IEnumerable<Type> publishes)
    {
        var parts = Parts(builder);
        parts.Consumers.Add(consumers);
        parts.Published.AddRange(publishes);
    }

    /// <summary>Called once by the host, after its modules.</summary>
    public static void AddBus(this IHostApplicationBuilder builder)
    {
        var parts = Parts(builder);
        var rabbitMq = builder.Configuration.GetConnectionString("rabbitmq");
        builder.Services.Configure<MassTransitHostOptions>(options =>
        {
            // Before the bus has started a publish on a fresh broker reaches no exchange and vanishes.
            options.WaitUntilStarted = true;
            options.StopTimeout = TimeSpan.FromSeconds(15);
        });
        builder.Services.AddMassTransit(bus =>
        {
            bus.SetKebabCaseEndpointNameFormatter();
            bus.DisableUsageTelemetry();
            foreach (var add in parts.Consumers)
            {
                add(bus);
            }

            if (string.IsNullOrEmpty(rabbitMq))
            {
                bus.UsingInMemory((context, transport) =>
                {
                    UsePlainJson(transport);
                    transport.ConfigureEndpoints(context);
                });
                return;
            }

            bus.AddConfigureEndpointsCallback((_, _, endpoint) =>
            {
                if (endpoint is IRabbitMqReceiveEndpointConfigurator queue)
                {
                    queue.SetQuorumQueue();
                }
            });
            bus.UsingRabbitMq((context, transport) =>
            {
                transport.Host(new Uri(rabbitMq));
                UsePlainJson(transport);
                transport.MessageTopology.SetEntityNameFormatter(new EventNames(transport.MessageTopology.EntityNameFormatter));
                foreach (var type in parts.Published)
                {
                    transport.Publish(type);
                }

                // The exchanges exist from the start, so that a subscriber can bind before the first event.
                transport.DeployPublishTopology = true;
                transport.ConfigureEndpoints(context);
            });
        });
    }

    // Bodies are the message's JSON alone, for AMQP clients that know nothing of MassTransit; its own addresses travel in headers.
    // Without AnyMessageType: with it a request client takes every answer for a fault as well.
    private static void UsePlainJson(IBusFactoryConfigurator transport)
    {
        transport.UseRawJsonSerializer(RawSerializerOptions.AddTransportHeaders | RawSerializerOptions.CopyHeaders, isDefault: true);
        transport.ConfigureJsonSerializerOptions(options =>
        {
            if (options.Converters.FirstOrDefault(converter => converter.CanConvert(typeof(decimal))) is { } decimalsAsText)
            {
                options.Converters.Remove(decimalsAsText);
                TerradevJson.Configure(options);
                options.WriteIndented = false;
            }

            return options;
        });
    }

    private static Registrations Parts(IHostApplicationBuilder builder)
    {
        if (!builder.Properties.TryGetValue(PropertyKey, out var parts))
        {
            builder.Properties[PropertyKey] = parts = new Registrations();
        }

        return (Registrations)parts;
    }

    private sealed class Registrations
    {
        public List<Action<IBusRegistrationConfigurator>> Consumers { get; } = [];

        public List<Type> Published { get; } = [];
    }

    // An event's exchange has the event's own name; requests and faults keep MassTransit's.
    private sealed class EventNames(IEntityNameFormatter inner) : IEntityNameFormatter
    {
        public string FormatEntityName<T>() =>
            typeof(T).IsSubclassOf(typeof(Contracts.EnvironmentGenerator.EnvironmentEvent)) || typeof(T).IsSubclassOf(typeof(CatalogEvent)) ? typeof(T).Name : inner.FormatEntityName<T>();
    }
}
