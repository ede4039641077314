using Microsoft.Extensions.Configuration;

// The distributed system on a developer's machine. PostgreSQL, RabbitMQ and Redis are containers, except where a connection
// string is configured (ConnectionStrings:modelregistry, ..., rabbitmq, redis): that server is used as it is.
var builder = DistributedApplication.CreateBuilder(args);

var apiKey = builder.AddParameter("api-key", new GenerateParameterDefault { MinLength = 40, Special = false }, secret: true, persist: true);
var stateKey = builder.AddParameter("state-key", new GenerateParameterDefault { MinLength = 44, Special = false }, secret: true, persist: true);
// Public models and datasets need no token.
var hubToken = builder.AddParameter("hub-token", () => builder.Configuration["Parameters:hub-token"] ?? builder.Configuration["HF_TOKEN"] ?? "", secret: true);

var postgres = new Lazy<IResourceBuilder<PostgresServerResource>>(() => builder.AddPostgres("postgres").WithDataVolume());
IResourceBuilder<IResourceWithConnectionString> rabbitMq = IsConfigured("rabbitmq")
    ? builder.AddConnectionString("rabbitmq")
    : builder.AddRabbitMQ("rabbitmq").WithManagementPlugin();
#pragma warning disable ASPIRECERTIFICATES001 // The Redis client of the services speaks plain TCP only.
IResourceBuilder<IResourceWithConnectionString> redis = IsConfigured("redis")
    ? builder.AddConnectionString("redis")
    : builder.AddRedis("redis").WithoutHttpsCertificate();
#pragma warning restore ASPIRECERTIFICATES001

var models = AddService<Projects.ModelRegistry>("modelregistry").WithEnvironment("HF_TOKEN", hubToken);
var datasets = AddService<Projects.DatasetRegistry>("datasetregistry").WithEnvironment("HF_TOKEN", hubToken);
var offers = AddService<Projects.ComputeOptimizer>("computeoptimizer");
var environments = AddService<Projects.EnvironmentGenerator>("environmentgenerator")
    .WithEnvironment("EnvironmentGenerator__State__Key", stateKey)
    .WithReplicas(2);

builder.AddProject<Projects.Gateway>("gateway", launchProfileName: null)
    .WithHttpEndpoint(port: 8080)
    .WithExternalHttpEndpoints()
    .WithHttpHealthCheck("/health")
    .WithEnvironment("TERRADEV_API_KEY", apiKey)
    .WithReference(models).WaitFor(models)
    .WithReference(datasets).WaitFor(datasets)
    .WithReference(offers).WaitFor(offers)
    .WithReference(environments).WaitFor(environments);

builder.Build().Run();

bool IsConfigured(string connection) => !string.IsNullOrEmpty(builder.Configuration.GetConnectionString(connection));

// Resource names are unique, so the database of a service is "<service>-db"; the service still finds it under its own name.
IResourceBuilder<IResourceWithConnectionString> AddDatabase(string service)
{
    if (!IsConfigured(service))
    {
        return postgres.Value.AddDatabase($"{service}-db", databaseName: service);
    }

    var connection = builder.AddParameterFromConfiguration($"{service}-connection", $"ConnectionStrings:{service}", secret: true);
    return builder.AddConnectionString($"{service}-db", ReferenceExpression.Create($"{connection}"));
}

IResourceBuilder<ProjectResource> AddService<TProject>(string name)
    where TProject : IProjectMetadata, new()
{
    var database = AddDatabase(name);
    return builder.AddProject<TProject>(name, launchProfileName: null)
        .WithHttpEndpoint()
        .WithHttpHealthCheck("/health")
        .WithEnvironment("TERRADEV_API_KEY", apiKey)
        .WithReference(database, connectionName: name).WaitFor(database)
        .WithReference(rabbitMq).WaitFor(rabbitMq)
        .WithReference(redis).WaitFor(redis);
}
