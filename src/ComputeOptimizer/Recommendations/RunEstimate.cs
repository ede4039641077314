namespace Terradev.ComputeOptimizer.Recommendations;

/// <summary>How long a run is expected to take on an instance that may be interrupted; hours.</summary>
/// <param name="Compute">Undisturbed work, checkpoints included.</param>
/// <param name="Interrupted">Restarts, and work done again.</param>
/// <param name="Boot">Until the work begins.</param>
/// <param name="Interruptions">Expected number of one instance.</param>
/// <param name="CheckpointEvery">Hours of work between two checkpoints, or what is lost at most where none are written; null where nothing interrupts.</param>
public sealed record RunEstimate(double Compute, double Interrupted, double Boot, double Interruptions, double? CheckpointEvery)
{
    /// <summary>Beyond a century the figure says nothing but "never".</summary>
    public const double MaxHours = 1_000_000;

    public double Total => Compute + Interrupted + Boot;

    /// <summary>False where it is interrupted too often to get anywhere.</summary>
    public bool Finishes => Total <= MaxHours;

    /// <summary>
    /// Expected hours of <paramref name="work"/> in equal segments, each followed by a checkpoint and done again from its start when it is
    /// interrupted, restarts too: segments x e^(rate x restart) x (e^(rate x (segment + checkpoint)) - 1) / rate (Daly 2006, the complete
    /// model). Segments are as long as costs least, sqrt(2 x checkpoint / rate) (Young 1974), or <paramref name="segment"/> where that is given.
    /// </summary>
    /// <param name="rate">Interruptions per hour; 0 for none.</param>
    /// <param name="checkpoint">Hours to write one.</param>
    /// <param name="least">Hours of a segment at least.</param>
    public static RunEstimate Of(double work, double rate, double checkpoint, double restart, double boot, double least, double? segment = null)
    {
        if (rate <= 0)
        {
            return new RunEstimate(work, 0, boot, 0, null);
        }

        var wanted = segment ?? Math.Max(least, Math.Sqrt(2 * checkpoint / rate));
        var segments = Math.Max(1, Math.Ceiling(work / wanted));
        var each = work / segments;
        var compute = work + (segments * checkpoint);
        var wall = segments * Math.Exp(rate * restart) * double.ExpM1(rate * (each + checkpoint)) / rate;
        return new RunEstimate(compute, Math.Max(0, wall - compute), boot, rate * wall, each);
    }
}
