using Microsoft.EntityFrameworkCore;
using Terradev.EnvironmentGenerator.Blueprints;
using Terradev.EnvironmentGenerator.Environments;
using Terradev.EnvironmentGenerator.Runs;
using Terradev.EnvironmentGenerator.State;
using Terradev.ServiceDefaults;

namespace Terradev.EnvironmentGenerator;

/// <summary>Environments, their runs, their Terraform state and their events.</summary>
public abstract class EnvironmentGeneratorDb(DbContextOptions options) : StoreDb(options), IOutboxDb
{
    public DbSet<GpuEnvironment> Environments => Set<GpuEnvironment>();

    public DbSet<TerraformRun> Runs => Set<TerraformRun>();

    public DbSet<RunLogLine> RunLog => Set<RunLogLine>();

    public DbSet<StateVersion> States => Set<StateVersion>();

    public DbSet<BlueprintVersion> BlueprintVersions => Set<BlueprintVersion>();

    public DbSet<IdempotencyKey> IdempotencyKeys => Set<IdempotencyKey>();

    public DbSet<Installation> Installations => Set<Installation>();

    public DbSet<OutboxMessage> Outbox => Set<OutboxMessage>();

    /// <summary>Saves the changes together with the events they raised.</summary>
    public override Task<int> SaveChangesAsync(bool acceptAllChangesOnSuccess, CancellationToken cancellationToken = default)
    {
        foreach (var entry in ChangeTracker.Entries().ToList())
        {
            switch (entry.Entity)
            {
                case GpuEnvironment environment:
                    var events = environment.TakeEvents();
                    Outbox.AddRange(events);
                    if (entry.State == EntityState.Modified || events.Count > 0)
                    {
                        environment.NextVersion();
                    }

                    break;
                case TerraformRun run when entry.State == EntityState.Modified:
                    run.NextVersion();
                    break;
            }
        }

        return base.SaveChangesAsync(acceptAllChangesOnSuccess, cancellationToken);
    }

    /// <inheritdoc/>
    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.AddOutbox();
        modelBuilder.Entity<GpuEnvironment>(environment =>
        {
            environment.ToTable("environments");
            environment.HasKey(e => e.Id);
            environment.Property(e => e.Id).HasMaxLength(32);
            environment.Property(e => e.Name).HasMaxLength(40);
            environment.Property(e => e.ActiveName).HasMaxLength(40);
            environment.HasIndex(e => e.ActiveName).IsUnique();
            environment.HasIndex(e => e.CreatedAt);
            environment.HasIndex(e => new { e.Status, e.ExpiresAt });
            environment.Property(e => e.Owner).HasMaxLength(100);
            environment.Property(e => e.Blueprint).HasMaxLength(64);
            environment.Property(e => e.BlueprintVersion).HasMaxLength(64);
            environment.Property(e => e.Request).HasJsonConversion();
            environment.Property(e => e.Reason).HasJsonConversion();
            environment.Property(e => e.Plan).HasJsonConversion();
            environment.Property(e => e.Outputs).HasJsonConversion();
            environment.Property(e => e.Version).IsConcurrencyToken();
            environment.HasOne(e => e.Generation).WithOne().HasForeignKey<Generation>(g => g.EnvironmentId);
        });
        modelBuilder.Entity<Generation>(generation =>
        {
            // Apart from the environment, so that lists and progress do not carry the long answers along.
            generation.ToTable("generations");
            generation.HasKey(g => g.EnvironmentId);
            generation.Property(g => g.EnvironmentId).HasMaxLength(32);
            generation.Property(g => g.Model).HasJsonConversion();
            generation.Property(g => g.Requirements).HasJsonConversion();
            generation.Property(g => g.Dataset).HasJsonConversion();
            generation.Property(g => g.Recommendation).HasJsonConversion();
            generation.Property(g => g.Quote).HasJsonConversion();
        });
        modelBuilder.Entity<TerraformRun>(run =>
        {
            run.ToTable("runs");
            run.HasKey(r => new { r.EnvironmentId, r.Number });
            run.Property(r => r.EnvironmentId).HasMaxLength(32);
            run.Property(r => r.LeaseOwner).HasMaxLength(100);
            run.Property(r => r.TraceParent).HasMaxLength(64);
            run.Property(r => r.Reason).HasJsonConversion();
            run.Property(r => r.Plan).HasJsonConversion();
            run.Property(r => r.Version).IsConcurrencyToken();
            run.Ignore(r => r.IsEnded);
            run.HasIndex(r => new { r.Runnable, r.QueuedAt });
        });
        modelBuilder.Entity<RunLogLine>(line =>
        {
            line.ToTable("run_log");
            line.HasKey(l => new { l.EnvironmentId, l.Run, l.Line });
            line.Property(l => l.EnvironmentId).HasMaxLength(32);
            line.Property(l => l.Phase).HasMaxLength(16);
        });
        modelBuilder.Entity<StateVersion>(state =>
        {
            state.ToTable("states");
            state.HasKey(s => new { s.EnvironmentId, s.Version });
            state.Property(s => s.EnvironmentId).HasMaxLength(32);
        });
        modelBuilder.Entity<BlueprintVersion>(version =>
        {
            version.ToTable("blueprint_versions");
            version.HasKey(v => new { v.Cloud, v.Name, v.Hash });
            version.Property(v => v.Cloud).HasMaxLength(16);
            version.Property(v => v.Name).HasMaxLength(40);
            version.Property(v => v.Hash).HasMaxLength(64);
            version.Property(v => v.RegisteredBy).HasMaxLength(100);
        });
        modelBuilder.Entity<Installation>(installation =>
        {
            installation.ToTable("installation");
            installation.HasKey(i => i.Key);
            installation.Property(i => i.Key).ValueGeneratedNever();
            installation.Property(i => i.Id).HasMaxLength(32);
        });
        modelBuilder.Entity<IdempotencyKey>(key =>
        {
            key.ToTable("idempotency_keys");
            key.HasKey(k => k.Key);
            key.Property(k => k.Key).HasMaxLength(200);
        });
    }
}
