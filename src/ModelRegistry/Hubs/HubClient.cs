using RestEase;
using Terradev.ServiceDefaults;

namespace Terradev.ModelRegistry.Hubs;

internal static class HubClient
{
    /// <summary>Adds the interface of a hub's API over HTTP that is bounded in time and size.</summary>
    public static void AddHubClient<TApi>(this IHostApplicationBuilder builder, string name, Func<IServiceProvider, HubEndpoint> endpoint, int maxBodyBytes)
        where TApi : class
    {
        builder.Services.AddHubHttp(name, endpoint, maxBodyBytes);
        builder.Services.AddSingleton(services =>
            new RestClient(services.GetRequiredService<IHttpClientFactory>().CreateClient(name)) { ResponseDeserializer = new HubJson() }.For<TApi>());
    }
}
