using System.CommandLine;
using System.Runtime.InteropServices;
using Terradev.Cli;

using var interrupted = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
return await TerradevCommand.RunAsync(args, new InvocationConfiguration { ProcessTerminationTimeout = null }, interrupted.Token);

// The first signal lets the command say where things stand; the second ends the process at once.
void Stop(PosixSignalContext context)
{
    if (!interrupted.IsCancellationRequested)
    {
        context.Cancel = true;
        interrupted.Cancel();
    }
}
