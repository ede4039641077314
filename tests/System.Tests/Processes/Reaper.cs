using System.Diagnostics;

namespace Terradev.SystemTests.Processes;

/// <summary>
/// A shell beside the test run that kills every process group still alive when the run's end of the pipe closes, however the
/// run ended: nothing a test started outlives it.
/// </summary>
internal static class Reaper
{
    private const string Script = """
        alive=' '
        while read -r change group; do
          case $change in
            +) alive="$alive$group " ;;
            -) alive="${alive%% "$group" *} ${alive#* "$group" }" ;;
          esac
        done
        for group in $alive; do kill -KILL -- "-$group" 2>/dev/null; done
        """;

    private static readonly Lock Gate = new();
    private static readonly HashSet<int> Alive = [];
    private static readonly Process Shell = Process.Start(new ProcessStartInfo("setsid", ["/bin/sh", "-c", Script]) { RedirectStandardInput = true, UseShellExecute = false })!;

    public static bool IsWatched(int processGroup)
    {
        lock (Gate)
        {
            return Alive.Contains(processGroup);
        }
    }

    public static void Watch(int processGroup)
    {
        lock (Gate)
        {
            Alive.Add(processGroup);
            Write('+', processGroup);
        }
    }

    public static void Forget(int processGroup)
    {
        lock (Gate)
        {
            if (Alive.Remove(processGroup))
            {
                Write('-', processGroup);
            }
        }
    }

    private static void Write(char change, int processGroup)
    {
        Shell.StandardInput.WriteLine($"{change} {processGroup}");
        Shell.StandardInput.Flush();
    }
}
