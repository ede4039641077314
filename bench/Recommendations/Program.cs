// Recommendations among 60,000 offers: how fast they are given to 16 callers without a pause, and how much memory that takes.
//   dotnet run --project bench/Recommendations -c Release -- [offers] [recommendations] [seed]
//   dotnet run --project bench/Recommendations -c Release -- one      one caller, each kind of request by itself (BenchmarkDotNet)
// The limits are for the process itself; over HTTP the callers use the same processors as the service, so that is only printed.
using System.Globalization;
using System.Net.Http.Json;
using System.Runtime.InteropServices;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Terradev.Bench;
using Terradev.ComputeOptimizer.Recommendations;
using Terradev.Contracts;

const int Callers = 16;
const double MostP50Milliseconds = 5, MostP99Milliseconds = 20, MostMemoryMiB = 200;

if (await OptimizerService.ServeAsync(args))
{
    return 0;
}

if (args is ["one"])
{
    BenchmarkRunner.Run<OneRecommendation>(DefaultConfig.Instance.AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance)));
    return 0;
}

var (offers, recommendations, seed) = (Argument(0, 60_000), Argument(1, 20_000), Argument(2, 1));
using var late = new CancellationTokenSource(TimeSpan.FromMinutes(5));
using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);

var snapshot = GeneratedOffers.Snapshot(offers, seed);
var questions = Questions.All.Select(Questions.Message).ToList();
Console.WriteLine($"{snapshot.Offers.Count} offers, {snapshot.Groups.Count} instance types and capacities, {snapshot.Regions.Count} regions");

// In the order in which they are asked, as a server takes them.
Task AskAsync(int question) => Task.Factory.StartNew(
    () =>
    {
        late.Token.ThrowIfCancellationRequested();
        var answer = RecommendationDesk.Answer(questions[question % questions.Count], snapshot, OptimizerPolicy.Default);
        return answer.Recommendation is null ? throw new InvalidOperationException(answer.Refusal!.Detail) : answer;
    },
    late.Token,
    TaskCreationOptions.PreferFairness,
    TaskScheduler.Default);

// The first round compiles, as a service that has run for a while has done.
await Load.RunAsync(Callers, recommendations / 10, AskAsync);
using var self = System.Diagnostics.Process.GetCurrentProcess();
var before = self.TotalProcessorTime;
var (milliseconds, perSecond) = await Load.RunAsync(Callers, recommendations, AskAsync);
self.Refresh();
var processor = (self.TotalProcessorTime - before).TotalMilliseconds / recommendations;
Print("in process", milliseconds, perSecond);
Console.WriteLine($"  processor milliseconds a recommendation: {processor:0.00}");
GC.Collect();
var memory = GC.GetTotalMemory(forceFullCollection: true) / 1024.0 / 1024.0;
Console.WriteLine($"memory: {memory:0} MiB of objects, {Environment.WorkingSet / 1024.0 / 1024.0:0} MiB of the process");
var good = Check("p50 in milliseconds", Load.At(milliseconds, 50), MostP50Milliseconds);
good &= Check("p99 in milliseconds", Load.At(milliseconds, 99), MostP99Milliseconds);
good &= Check("memory in MiB", memory, MostMemoryMiB);
await OverHttpAsync();
return good ? 0 : 1;

async Task OverHttpAsync()
{
    var folder = Directory.CreateTempSubdirectory("terradev-bench-").FullName;
    try
    {
        using var service = OptimizerService.Start(folder, offers, seed);
        await service.ReadyAsync(late.Token);
        async Task PostAsync(int question)
        {
            using var answer = await service.Http.PostAsJsonAsync("/api/v1/recommendations", Questions.All[question % Questions.All.Count], TerradevJson.Options, late.Token);
            answer.EnsureSuccessStatusCode();
            await answer.Content.ReadAsByteArrayAsync(late.Token);
        }

        await Load.RunAsync(Callers, recommendations / 20, PostAsync);
        var (overHttp, answers) = await Load.RunAsync(Callers, recommendations / 4, PostAsync);
        Print("over HTTP, callers on the same processors", overHttp, answers);
        Console.WriteLine($"memory of the service: {service.MemoryMiB():0} MiB");
    }
    finally
    {
        Directory.Delete(folder, recursive: true);
    }
}

static void Print(string where, double[] milliseconds, double perSecond) => Console.WriteLine(
    $"{where}: {milliseconds.Length} recommendations by {Callers} callers without a pause, {perSecond:0} per second\n"
    + $"  milliseconds: p50 {Load.At(milliseconds, 50):0.0}, p90 {Load.At(milliseconds, 90):0.0}, p99 {Load.At(milliseconds, 99):0.0}, max {milliseconds[^1]:0.0}");

static bool Check(string what, double measured, double most)
{
    Console.WriteLine($"{(measured <= most ? "ok    " : "MISSED")} {what}: {measured:0.##} (at most {most:0.##})");
    return measured <= most;
}

// Ends what was started as well.
void End(PosixSignalContext signal)
{
    signal.Cancel = true;
    late.Cancel();
}

int Argument(int place, int otherwise) => args.Length > place ? int.Parse(args[place], CultureInfo.InvariantCulture) : otherwise;
