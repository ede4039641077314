namespace Terradev.AppHost.Tests;

/// <summary>What the model says, without starting anything.</summary>
public sealed class ModelTests
{
    private static readonly string[] Services = ["modelregistry", "datasetregistry", "computeoptimizer", "environmentgenerator"];

    private static readonly string[] AllConnectionStrings =
    [
        .. Services.Select(service => $"--ConnectionStrings:{service}=Host=db.example;Database={service}"),
        "--ConnectionStrings:rabbitmq=amqp://broker.example",
        "--ConnectionStrings:redis=cache.example:6379",
    ];

    [Fact]
    public async Task Servers_are_containers_by_default()
    {
        await using var host = await DistributedApplicationTestingBuilder.CreateAsync<Projects.AppHost>(TestContext.Current.CancellationToken);

        Names<ProjectResource>(host).ShouldBe([.. Services, "gateway"], ignoreOrder: true);
        Names<PostgresServerResource>(host).ShouldBe(["postgres"]);
        Names<RabbitMQServerResource>(host).ShouldBe(["rabbitmq"]);
        Names<RedisResource>(host).ShouldBe(["redis"]);
        host.Resources.OfType<PostgresDatabaseResource>().ToDictionary(database => database.Name, database => database.DatabaseName)
            .ShouldBe(Services.ToDictionary(service => $"{service}-db"), ignoreOrder: true);
    }

    [Fact]
    public async Task Configured_servers_take_the_place_of_containers()
    {
        await using var host = await DistributedApplicationTestingBuilder.CreateAsync<Projects.AppHost>(AllConnectionStrings, TestContext.Current.CancellationToken);

        host.Resources.OfType<ContainerResource>().ShouldBeEmpty();
        host.Resources.OfType<IResourceWithConnectionString>().Select(resource => resource.Name)
            .ShouldBe([.. Services.Select(service => $"{service}-db"), "rabbitmq", "redis"], ignoreOrder: true);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_service_finds_its_database_broker_and_cache_by_name(bool configured)
    {
        string[] arguments = configured ? AllConnectionStrings : [];
        await using var host = await DistributedApplicationTestingBuilder.CreateAsync<Projects.AppHost>(arguments, TestContext.Current.CancellationToken);
        foreach (var service in Services)
        {
            var variables = await Variables(host, service);
            variables[$"ConnectionStrings__{service}"].ShouldBe($"{{{service}-db.connectionString}}");
            variables["ConnectionStrings__rabbitmq"].ShouldBe("{rabbitmq.connectionString}");
            variables["ConnectionStrings__redis"].ShouldBe("{redis.connectionString}");
            variables["TERRADEV_API_KEY"].ShouldBe("{api-key.value}");
            WaitsFor(host, service).ShouldBe([$"{service}-db", "rabbitmq", "redis"], ignoreOrder: true);
        }

        (await Variables(host, "modelregistry"))["HF_TOKEN"].ShouldBe("{hub-token.value}");
        (await Variables(host, "datasetregistry"))["HF_TOKEN"].ShouldBe("{hub-token.value}");
        (await Variables(host, "environmentgenerator"))["EnvironmentGenerator__State__Key"].ShouldBe("{state-key.value}");
    }

    [Fact]
    public async Task The_gateway_finds_and_waits_for_every_service()
    {
        await using var host = await DistributedApplicationTestingBuilder.CreateAsync<Projects.AppHost>(TestContext.Current.CancellationToken);
        var variables = await Variables(host, "gateway");
        foreach (var service in Services)
        {
            variables[$"services__{service}__http__0"].ShouldBe($"{{{service}.bindings.http.url}}");
        }

        WaitsFor(host, "gateway").ShouldBe(Services, ignoreOrder: true);
        Project(host, "gateway").GetEndpoint("http").EndpointAnnotation.IsExternal.ShouldBeTrue();
    }

    [Fact]
    public async Task Two_replicas_generate_environments()
    {
        await using var host = await DistributedApplicationTestingBuilder.CreateAsync<Projects.AppHost>(TestContext.Current.CancellationToken);
        Project(host, "environmentgenerator").GetReplicaCount().ShouldBe(2);
    }

    [Fact]
    public async Task Keys_and_the_hub_token_are_secret()
    {
        await using var host = await DistributedApplicationTestingBuilder.CreateAsync<Projects.AppHost>(TestContext.Current.CancellationToken);
        foreach (var name in new[] { "api-key", "state-key", "hub-token" })
        {
            host.Resources.OfType<ParameterResource>().Single(parameter => parameter.Name == name).Secret.ShouldBeTrue(name);
        }
    }

    private static IEnumerable<string> Names<T>(IDistributedApplicationTestingBuilder host)
        where T : IResource => host.Resources.OfType<T>().Select(resource => resource.Name);

    private static ProjectResource Project(IDistributedApplicationTestingBuilder host, string name) =>
        host.Resources.OfType<ProjectResource>().Single(project => project.Name == name);

    private static IEnumerable<string> WaitsFor(IDistributedApplicationTestingBuilder host, string name) =>
        Project(host, name).Annotations.OfType<WaitAnnotation>().Select(wait => wait.Resource.Name).Except(["postgres"]).Distinct();

    // As expressions, for which nothing has to run.
    private static async Task<Dictionary<string, string>> Variables(IDistributedApplicationTestingBuilder host, string name)
    {
        var configuration = await ExecutionConfigurationBuilder.Create(Project(host, name)).WithEnvironmentVariablesConfig().BuildAsync(
            new DistributedApplicationExecutionContext(DistributedApplicationOperation.Publish), cancellationToken: TestContext.Current.CancellationToken);
        return configuration.EnvironmentVariables.ToDictionary();
    }
}
