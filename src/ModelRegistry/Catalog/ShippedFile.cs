using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;

namespace Terradev.ModelRegistry.Catalog;

/// <summary>A file of figures that ships inside the assembly.</summary>
internal static class ShippedFile
{
    private const string Folder = "Terradev.ModelRegistry.Catalog.";

    public static Stream Open(string name) => typeof(ShippedFile).Assembly.GetManifestResourceStream(Folder + name)
        ?? throw new InvalidOperationException($"{name} is missing from the assembly.");

    /// <summary>The rows of a CSV file. Lines that begin with <c>#</c> are comments; the first other line names the columns.</summary>
    public static List<T> Rows<T>(string name, Func<CsvReader, T> read)
    {
        using var reader = new StreamReader(Open(name));
        using var csv = new CsvReader(reader, new CsvConfiguration(CultureInfo.InvariantCulture) { AllowComments = true });
        csv.Read();
        csv.ReadHeader();
        List<T> rows = [];
        while (csv.Read())
        {
            rows.Add(read(csv));
        }

        return rows;
    }

    /// <summary>A field; null when it is empty.</summary>
    public static string? Text(this CsvReader csv, string column) => csv.GetField(column) is { Length: > 0 } text ? text : null;

    /// <summary>The parts of a field between bars.</summary>
    public static string[] Words(this CsvReader csv, string column) => csv.GetField(column)!.Split('|', StringSplitOptions.RemoveEmptyEntries);
}
