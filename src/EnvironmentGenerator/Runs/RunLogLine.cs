namespace Terradev.EnvironmentGenerator.Runs;

/// <summary>One line that Terraform printed.</summary>
public sealed class RunLogLine
{
    public required string EnvironmentId { get; init; }

    public required int Run { get; init; }

    /// <summary>1, 2, 3, ... within the run.</summary>
    public required int Line { get; init; }

    /// <summary><c>init</c>, <c>plan</c>, <c>apply</c> or <c>destroy</c>.</summary>
    public required string Phase { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>Terraform's <c>@message</c>, or the raw line where it is not JSON.</summary>
    public required string Text { get; init; }
}
