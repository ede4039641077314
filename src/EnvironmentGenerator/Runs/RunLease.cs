namespace Terradev.EnvironmentGenerator.Runs;

/// <summary>The right to work on a run: the fencing token rises with every new holder.</summary>
internal sealed record RunLease(string EnvironmentId, int Number, string Owner, long Token);

/// <summary>Another worker holds the run by now; this one must stop and write nothing.</summary>
public sealed class LeaseLostException : Exception
{
    public LeaseLostException()
    {
    }

    public LeaseLostException(string message)
        : base(message)
    {
    }

    public LeaseLostException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    internal LeaseLostException(RunLease lease)
        : base($"The lease {lease.Token} on run {lease.Number} of environment {lease.EnvironmentId} is lost.")
    {
    }
}
