using Terradev.Testing;

namespace Terradev.ModelRegistry.Tests;

/// <summary>A hub of the test's making and the service that asks it; new ones for each test.</summary>
public abstract class HubTest : IAsyncLifetime
{
    protected FakeHub Hub { get; private set; } = null!;

    protected RegistryApp App { get; private set; } = null!;

    public virtual async ValueTask InitializeAsync()
    {
        Hub = await FakeHub.StartAsync();
        App = new RegistryApp(Hub);
    }

    public async ValueTask DisposeAsync()
    {
        await App.DisposeAsync();
        await Hub.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}
