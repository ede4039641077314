using System.Collections.Concurrent;
using System.Text.Json;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using Terradev.SystemTests.Processes;

namespace Terradev.SystemTests.Services;

/// <summary>An integrator's AMQP client: a durable queue bound to fanout exchanges by name, bodies read as plain JSON.</summary>
internal sealed class EventSubscriber : IAsyncDisposable
{
    public static readonly string[] AllEvents =
    [
        "EnvironmentRequested", "EnvironmentGenerated", "EnvironmentPlanned", "EnvironmentAwaitingApproval", "ProvisioningStarted",
        "ProvisioningProgressed", "EnvironmentReady", "ProvisioningFailed", "EnvironmentInterrupted", "EnvironmentDestroyed",
    ];

    private readonly IConnection _connection;
    private readonly IChannel _channel;
    private readonly ConcurrentQueue<(string Exchange, JsonElement Event)> _received = new();

    private EventSubscriber(IConnection connection, IChannel channel) => (_connection, _channel) = (connection, channel);

    public static async Task<EventSubscriber> StartAsync(Uri broker, params string[] exchanges)
    {
        var factory = new ConnectionFactory { Uri = broker, AutomaticRecoveryEnabled = true, NetworkRecoveryInterval = TimeSpan.FromSeconds(1) };
        var connection = await factory.CreateConnectionAsync();
        var channel = await connection.CreateChannelAsync();
        var subscriber = new EventSubscriber(connection, channel);
        var queue = $"integrator-{Guid.NewGuid():N}";
        await channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false);
        foreach (var exchange in exchanges)
        {
            // Passive: the product makes its exchanges, and an integrator only binds to them.
            await channel.ExchangeDeclarePassiveAsync(exchange);
            await channel.QueueBindAsync(queue, exchange, routingKey: "");
        }

        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += async (_, delivery) =>
        {
            using var document = JsonDocument.Parse(delivery.Body);
            subscriber._received.Enqueue((delivery.Exchange, document.RootElement.Clone()));
            await channel.BasicAckAsync(delivery.DeliveryTag, multiple: false);
        };
        await channel.BasicConsumeAsync(queue, autoAck: false, consumer);
        return subscriber;
    }

    /// <summary>Every body that has arrived from the exchange so far.</summary>
    public IReadOnlyList<JsonElement> All(string exchange) => [.. _received.Where(received => received.Exchange == exchange).Select(received => received.Event)];

    /// <summary>What has arrived about the environment so far, each event once, by sequence.</summary>
    public IReadOnlyList<(string Exchange, JsonElement Event)> Of(string environmentId) =>
    [
        .. _received.Where(received => received.Event.GetProperty("environmentId").GetString() == environmentId)
            .DistinctBy(received => received.Event.GetProperty("eventId").GetGuid())
            .OrderBy(received => received.Event.GetProperty("sequence").GetInt64()),
    ];

    /// <summary>Waits until an event of that exchange has arrived.</summary>
    public Task<JsonElement[]> FirstAsync(string environmentId, string exchange, TimeSpan deadline) => Until.ValueAsync(
        () => Task.FromResult(Of(environmentId).Where(received => received.Exchange == exchange).Select(received => new[] { received.Event }).FirstOrDefault()),
        deadline,
        () => $"no {exchange} of {environmentId} arrived, only {string.Join(", ", Of(environmentId).Select(received => received.Exchange))}");

    public async ValueTask DisposeAsync()
    {
        await _channel.DisposeAsync();
        await _connection.DisposeAsync();
    }
}
