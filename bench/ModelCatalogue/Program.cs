// A catalogue of a million models: how fast it is taken over from a hub, how fast it is searched, and how much memory that takes.
//   dotnet run --project bench/ModelCatalogue -c Release -- [models] [searches] [seed]
// One PostgreSQL, one Model Registry process and one local hub share the machine with the callers, who ask without a pause.
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Terradev.Bench;
using Terradev.Contracts.ModelRegistry;

const int Callers = 20;
const double LeastModelsPerSecond = 5000, MostP95Milliseconds = 50, MostGrowth = 1.25;

var models = Argument(0, 1_000_000);
var searches = Argument(1, 20_000);
var seed = (ulong)Argument(2, 1);
using var late = new CancellationTokenSource(TimeSpan.FromMinutes(5) + TimeSpan.FromMilliseconds(models));
using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
var folder = Directory.CreateTempSubdirectory("terradev-bench-").FullName;
try
{
    var catalogue = new GeneratedCatalogue(models, seed);
    using var postgres = Postgres.Start(folder);
    await using var hub = await CatalogueHub.StartAsync(catalogue);
    using var registry = Registry.Start(folder, postgres, hub);
    await registry.ReadyAsync(late.Token);

    var (perSecond, growth) = await TakeOverAsync(registry, postgres);
    var good = Check("models per second", perSecond, least: LeastModelsPerSecond);
    good &= Check("memory, second half over first half", growth, most: MostGrowth);

    // The first round fills caches, as a service that has run for a while has them.
    await SearchLoad.RunAsync(registry.Http, catalogue, Callers, searches / 4, seed + 1, late.Token);
    await SearchAsync(registry, postgres, callers: 1, searches / 10, catalogue);
    good &= Check("p95 in milliseconds", await SearchAsync(registry, postgres, Callers, searches, catalogue), most: MostP95Milliseconds);
    Console.WriteLine($"memory of the service after the searches: {registry.MemoryMiB():0} MiB");
    return good ? 0 : 1;
}
finally
{
    Directory.Delete(folder, recursive: true);
}

async Task<double> SearchAsync(Registry registry, Postgres postgres, int callers, int searches, GeneratedCatalogue catalogue)
{
    var (clock, before) = (Stopwatch.StartNew(), (Service: registry.ProcessorTime, Store: postgres.ProcessorTime));
    var (milliseconds, withModels) = await SearchLoad.RunAsync(registry.Http, catalogue, callers, searches, seed, late.Token);
    Console.WriteLine($"{searches} searches by {callers} callers without a pause, {searches / clock.Elapsed.TotalSeconds:0} per second, {100.0 * withModels / searches:0} % with models");
    Console.WriteLine($"  processor milliseconds a search: service {(registry.ProcessorTime - before.Service).TotalMilliseconds / searches:0.00}, PostgreSQL {(postgres.ProcessorTime - before.Store).TotalMilliseconds / searches:0.00}");
    Console.WriteLine($"  milliseconds: p50 {At(milliseconds, 50):0.0}, p90 {At(milliseconds, 90):0.0}, p95 {At(milliseconds, 95):0.0}, p99 {At(milliseconds, 99):0.0}, max {milliseconds[^1]:0.0}");
    return At(milliseconds, 95);
}

async Task<(double PerSecond, double Growth)> TakeOverAsync(Registry registry, Postgres postgres)
{
    var memory = new List<double>();
    var clock = Stopwatch.StartNew();
    using var accepted = await registry.Http.PostAsync("/api/v1/models/sync", JsonContent(), late.Token);
    accepted.EnsureSuccessStatusCode();
    while (true)
    {
        var state = await registry.SyncStateAsync(late.Token);
        memory.Add(registry.MemoryMiB());
        if (state.Status is SyncStatus.Done)
        {
            var seconds = clock.Elapsed.TotalSeconds;
            Console.WriteLine($"{state.Seen} models taken over in {seconds:0} s; {state.Added} added, {state.Skipped} skipped");
            Console.WriteLine($"processor microseconds a model: service {registry.ProcessorTime.TotalMicroseconds / models:0}, PostgreSQL {postgres.ProcessorTime.TotalMicroseconds / models:0}");
            Console.WriteLine($"memory of the service: {memory.Max():0} MiB at most");
            return state.Added == models
                ? (models / seconds, memory.Skip(memory.Count / 2).Max() / memory.Take((memory.Count / 2) + 1).Max())
                : throw new InvalidOperationException($"{models} models were offered.");
        }

        if (state.Status is SyncStatus.Failed or SyncStatus.Waiting)
        {
            throw new InvalidOperationException($"The sync is {state.Status}: {state.Reason}");
        }

        await Task.Delay(500, late.Token);
    }
}

static StringContent JsonContent() => new("""{"sources":["huggingface"]}""", System.Text.Encoding.UTF8, "application/json");

static double At(double[] sorted, int percent) => sorted[Math.Min(sorted.Length - 1, sorted.Length * percent / 100)];

static bool Check(string what, double measured, double least = double.MinValue, double most = double.MaxValue)
{
    var good = measured >= least && measured <= most;
    Console.WriteLine($"{(good ? "ok    " : "MISSED")} {what}: {measured:0.##} ({(least > double.MinValue ? $"at least {least:0.##}" : $"at most {most:0.##}")})");
    return good;
}

// Ends what was started as well.
void End(PosixSignalContext signal)
{
    signal.Cancel = true;
    late.Cancel();
}

int Argument(int place, int otherwise) => args.Length > place ? int.Parse(args[place], CultureInfo.InvariantCulture) : otherwise;
