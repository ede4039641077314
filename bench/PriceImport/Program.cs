// A price list of 50,000 rows with 60,000 offers: how long until they are what questions are answered from, and how much memory that takes.
//   dotnet run --project bench/PriceImport -c Release -- [rows]
// Each run is an import over HTTP into a Compute Optimizer process, on SQLite and on PostgreSQL: parsed, checked, compared, stored, book reopened.
using System.Globalization;
using System.Runtime.InteropServices;
using Terradev.Bench;

const double MostSeconds = 2, MostMemoryMiB = 200;

var rows = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 50_000;
using var late = new CancellationTokenSource(TimeSpan.FromMinutes(3));
using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
var good = true;
foreach (var store in new[] { "SQLite", "PostgreSQL" })
{
    var folder = Directory.CreateTempSubdirectory("terradev-bench-").FullName;
    try
    {
        using var postgres = store == "PostgreSQL" ? Postgres.Start(folder) : null;
        using var optimizer = OptimizerProcess.Start(folder, postgres);
        await optimizer.ReadyAsync(late.Token);

        // A service that has just started compiles its code while it runs; a small list is what every later import has behind it.
        await RunAsync(optimizer, "small", GeneratedList.Write(2000, 0.031m, 0), 0.031m, null);
        good &= await RunAsync(optimizer, "all new", GeneratedList.Write(rows, 0.032m, 0), 0.032m, MostSeconds);
        good &= await RunAsync(optimizer, "1 of 20 changed", GeneratedList.Write(rows, 0.033m, 20), 0.033m, MostSeconds);
        good &= await RunAsync(optimizer, "nothing changed but one", GeneratedList.Write(rows, 0.034m, 20), 0.034m, MostSeconds);
        await Task.Delay(TimeSpan.FromSeconds(3), late.Token);
        var memory = optimizer.MemoryMiB();
        Console.WriteLine($"{memory.All:0} MiB of memory, {memory.Own:0} MiB of them its own");
        good &= Check("MiB of memory of its own", memory.Own, MostMemoryMiB);

        async Task<bool> RunAsync(OptimizerProcess optimizer, string what, byte[] list, decimal marker, double? most)
        {
            var before = optimizer.ProcessorTime;
            var (report, seconds) = await optimizer.ImportAsync(list, marker, late.Token);
            Console.WriteLine(
                $"{store}, {what}: {report.Rows} rows, {list.Length / 1024.0 / 1024:0.0} MiB, {report.Added} added, {report.Changed} changed, {report.Gone} gone: {report.Rows / seconds:0} rows per second, {(optimizer.ProcessorTime - before).TotalSeconds:0.00} s of processor, {optimizer.MemoryMiB().All:0} MiB");
            return most is null || Check("seconds", seconds, most.Value);
        }
    }
    finally
    {
        Directory.Delete(folder, recursive: true);
    }
}

return good ? 0 : 1;

static bool Check(string what, double measured, double most)
{
    var good = measured <= most;
    Console.WriteLine($"{(good ? "ok    " : "MISSED")} {what}: {measured:0.##} (at most {most:0.##})");
    return good;
}

// Ends what was started as well.
void End(PosixSignalContext signal)
{
    signal.Cancel = true;
    late.Cancel();
}
