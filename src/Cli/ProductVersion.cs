using System.Reflection;

namespace Terradev.Cli;

/// <summary>The version this program was built as.</summary>
internal static class ProductVersion
{
    /// <summary>Such as <c>0.1.0</c>, with the commit after a plus where the build knew it.</summary>
    public static string Full { get; } =
        typeof(ProductVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0.0.0";

    /// <summary>Without the commit.</summary>
    public static string Number => Full.Split('+')[0];
}
