// How much longer an environment takes to be Ready than plain Terraform takes for the same bundle.
//   dotnet run --project bench/ReadyOverhead -c Release -- [rounds]
// One AWS simulator, one Standalone process; each round runs both ways, one after the other, and destroys what it made.
using System.Globalization;
using Terradev.ReadyOverhead;

const double Target = 1.10;
var rounds = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 3;
using var late = new CancellationTokenSource(TimeSpan.FromMinutes(4) * rounds);
var folder = Directory.CreateTempSubdirectory("terradev-bench-").FullName;
try
{
    using var simulator = Simulator.Start(folder);
    await simulator.ReadyAsync(late.Token);
    using var standalone = Standalone.Start(folder, simulator);
    await standalone.ReadyAsync(late.Token);

    var (ours, theirs) = (new List<double>(), new List<double>());
    Console.WriteLine("round   POST to Ready   init + apply   (seconds)");
    for (var round = 1; round <= rounds; round++)
    {
        // Whoever goes first warms the machine for the other, so they take turns.
        var bundle = await standalone.BundleAsync($"plain-{round}", Path.Combine(folder, $"bundle-{round}"), late.Token);
        if (round % 2 == 1)
        {
            ours.Add(await standalone.TimeToReadyAsync($"ours-{round}", late.Token));
            theirs.Add(await PlainTerraform.TimeToApplyAsync(bundle, simulator, late.Token));
        }
        else
        {
            theirs.Add(await PlainTerraform.TimeToApplyAsync(bundle, simulator, late.Token));
            ours.Add(await standalone.TimeToReadyAsync($"ours-{round}", late.Token));
        }

        Console.WriteLine($"{round,5}   {ours[^1],13:0.0}   {theirs[^1],12:0.0}");
    }

    var ratio = Median(ours) / Median(theirs);
    Console.WriteLine($"median  {Median(ours),13:0.0}   {Median(theirs),12:0.0}");
    Console.WriteLine($"ratio   {ratio:0.00} (target: at most {Target:0.00})");
    return ratio <= Target ? 0 : 1;
}
finally
{
    Directory.Delete(folder, recursive: true);
}

static double Median(IEnumerable<double> values)
{
    var sorted = values.Order().ToList();
    return sorted.Count % 2 == 1 ? sorted[sorted.Count / 2] : (sorted[(sorted.Count / 2) - 1] + sorted[sorted.Count / 2]) / 2;
}
