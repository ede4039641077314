using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Terradev.Contracts;
using Terradev.ServiceDefaults;

namespace Terradev.ComputeOptimizer.Prices;

/// <summary>How a live source is doing, for all replicas; whoever holds its lease asks it.</summary>
public sealed class PriceSourceState
{
    public required string Source { get; init; }

    public DateTimeOffset? LastAttemptAt { get; private set; }

    public DateTimeOffset? LastSuccessAt { get; private set; }

    /// <summary>Why the last attempt failed; null when it succeeded.</summary>
    public Refusal? LastError { get; private set; }

    /// <summary>Failed attempts since the last success.</summary>
    public int Failures { get; private set; }

    /// <summary>When it is due; null for at once.</summary>
    public DateTimeOffset? NextAttemptAt { get; private set; }

    /// <summary>Until when it asked to be left alone.</summary>
    public DateTimeOffset? NotBefore { get; private set; }

    public string? LeaseOwner { get; private set; }

    public DateTimeOffset? LeaseUntil { get; private set; }
}

internal sealed class PriceSourceStateConfiguration : IEntityTypeConfiguration<PriceSourceState>
{
    public void Configure(EntityTypeBuilder<PriceSourceState> builder)
    {
        builder.ToTable("price_sources");
        builder.HasKey(state => state.Source);
        builder.Property(state => state.Source).HasMaxLength(100);
        builder.Property(state => state.LastError).HasJsonConversion();
        builder.Property(state => state.LeaseOwner).HasMaxLength(100);
    }
}
