namespace Terradev.Cli;

/// <summary>What the process ends with; part of the command's contract.</summary>
internal static class ExitCodes
{
    public const int Done = 0;
    public const int Refused = 1;
    public const int Usage = 2;
    public const int Unreachable = 3;
    public const int NotApproved = 4;
    public const int Interrupted = 130;

    public const string Help = """
        Exit codes: 0 done, 1 refused or failed, 2 wrong usage, 3 server not reachable,
        4 waits for approval or was not approved, 130 interrupted.
        """;
}
