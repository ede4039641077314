using System.Globalization;

namespace Terradev.Cli.Terminal;

/// <summary>Figures as the reports write them.</summary>
internal static class Format
{
    private const double MiB = 1024d * 1024;
    private const double GiB = MiB * 1024;
    private const double TiB = GiB * 1024;

    /// <summary>USD per hour, 4 decimals: <c>$0.1894/h</c>.</summary>
    public static string PerHour(decimal? usd) => usd is null ? "price unknown" : string.Create(CultureInfo.InvariantCulture, $"${usd:#,0.0000}/h");

    /// <summary>USD in all, 2 decimals, rounded up so that a limit never looks smaller than it is: <c>$1.39</c>.</summary>
    public static string Total(decimal usd) => string.Create(CultureInfo.InvariantCulture, $"${Math.Ceiling(usd * 100) / 100:#,0.00}");

    /// <summary>GiB with one decimal, without the unit; what is not zero never reads 0.0.</summary>
    public static string GiBs(long bytes) => bytes is > 0 and < (long)(GiB / 20) ? "<0.1" : (bytes / GiB).ToString("#,0.0", CultureInfo.InvariantCulture);

    /// <summary>GPU memory in GiB: <c>16 GiB</c>, <c>22.5 GiB</c>.</summary>
    public static string GpuMemory(int mebibytes) => string.Create(CultureInfo.InvariantCulture, $"{mebibytes / 1024d:#,0.#} GiB");

    /// <summary>Bytes in the unit that reads best: <c>80 MiB</c>, <c>3.4 GiB</c>, <c>1.2 TiB</c>.</summary>
    public static string Size(long bytes) => (double)bytes switch
    {
        < MiB => "under 1 MiB",
        < GiB => string.Create(CultureInfo.InvariantCulture, $"{bytes / MiB:0} MiB"),
        < TiB => string.Create(CultureInfo.InvariantCulture, $"{bytes / GiB:0.0} GiB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / TiB:#,0.0} TiB"),
    };

    /// <summary>A count with separators: <c>100,000</c>.</summary>
    public static string Count(long count) => count.ToString("#,0", CultureInfo.InvariantCulture);

    /// <summary>Parameters: <c>109.5 M</c>, <c>8.0 B</c>.</summary>
    public static string Parameters(long count) => count switch
    {
        < 1_000_000 => Count(count),
        < 1_000_000_000 => string.Create(CultureInfo.InvariantCulture, $"{count / 1e6:0.0} M"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{count / 1e9:#,0.0} B"),
    };

    /// <summary>Hours: <c>6 h</c>, <c>12.5 h</c>; under an hour in minutes.</summary>
    public static string Hours(decimal hours) => hours is > 0 and < 1
        ? string.Create(CultureInfo.InvariantCulture, $"{Math.Ceiling(hours * 60):0} min")
        : string.Create(CultureInfo.InvariantCulture, $"{hours:#,0.##} h");

    /// <summary>Day: <c>2026-07-20</c>.</summary>
    public static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>The day in UTC.</summary>
    public static string Day(DateTimeOffset time) => Day(DateOnly.FromDateTime(time.UtcDateTime));
}

/// <summary>The reader's now and time zone, for dates as people say them.</summary>
internal sealed record Clock(DateTimeOffset Now, TimeZoneInfo Zone)
{
    public static Clock Of(TimeProvider time) => new(time.GetUtcNow(), time.LocalTimeZone);

    /// <summary><c>today 10:04</c>, <c>tomorrow 01:00</c>, or <c>2026-07-20 10:04</c>.</summary>
    public string When(DateTimeOffset time)
    {
        var local = TimeZoneInfo.ConvertTime(time, Zone);
        var clock = local.ToString("HH:mm", CultureInfo.InvariantCulture);
        return (DateOnly.FromDateTime(local.DateTime).DayNumber - DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(Now, Zone).DateTime).DayNumber) switch
        {
            0 => $"today {clock}",
            1 => $"tomorrow {clock}",
            -1 => $"yesterday {clock}",
            _ => $"{local.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)} {clock}",
        };
    }

    /// <summary>The day alone, where the hour says nothing.</summary>
    public string Day(DateTimeOffset time) => Format.Day(DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(time, Zone).DateTime));
}
