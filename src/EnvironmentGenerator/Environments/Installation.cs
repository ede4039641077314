using Microsoft.EntityFrameworkCore;

namespace Terradev.EnvironmentGenerator.Environments;

/// <summary>The one row that names this installation of Terradev; every cloud resource carries the name as a tag.</summary>
public sealed class Installation
{
    private const int TheOnlyKey = 1;

    public int Key { get; private init; } = TheOnlyKey;

    public string Id { get; private init; } = Guid.NewGuid().ToString("N")[..12];

    /// <summary>The id, made on first use; replicas that race agree on the first one stored.</summary>
    public static async Task<string> IdAsync(EnvironmentGeneratorDb db, CancellationToken cancellationToken)
    {
        var known = await db.Installations.AsNoTracking().SingleOrDefaultAsync(cancellationToken);
        if (known is not null)
        {
            return known.Id;
        }

        var mine = db.Installations.Add(new Installation());
        try
        {
            await db.SaveChangesAsync(cancellationToken);
            return mine.Entity.Id;
        }
        catch (DbUpdateException)
        {
            mine.State = EntityState.Detached;
            return (await db.Installations.AsNoTracking().SingleAsync(cancellationToken)).Id;
        }
    }
}
