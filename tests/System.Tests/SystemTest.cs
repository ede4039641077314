using Terradev.SystemTests.Processes;

namespace Terradev.SystemTests;

/// <summary>Prints the last words of the processes a test used when it fails.</summary>
public abstract class SystemTest : IAsyncDisposable
{
    private readonly List<LocalProcess> _watched = [];

    public virtual ValueTask DisposeAsync()
    {
        if (TestContext.Current.TestState?.Result == TestResult.Failed)
        {
            foreach (var process in _watched)
            {
                TestContext.Current.TestOutputHelper?.WriteLine(process.Tail());
            }
        }

        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    /// <summary>Marks processes as worth reading when the test fails.</summary>
    internal void Watch(params IEnumerable<LocalProcess> processes) => _watched.AddRange(processes);
}
