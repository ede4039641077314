namespace Terradev.SystemTests;

/// <summary>How long a step may take on two busy cores before a test gives up.</summary>
internal static class Deadlines
{
    public static readonly TimeSpan Planned = TimeSpan.FromMinutes(2);
    public static readonly TimeSpan Ready = TimeSpan.FromMinutes(4);
    public static readonly TimeSpan Destroyed = TimeSpan.FromMinutes(3);

    /// <summary>A trace of several environments has thousands of spans, and they arrive in batches.</summary>
    public static readonly TimeSpan Traced = TimeSpan.FromMinutes(3);
    public static readonly TimeSpan Event = TimeSpan.FromSeconds(60);
}
