using SentinelHealth.Response.Compliance;

namespace SentinelHealth.Dashboard.Compliance;

/// <summary>Reads the regimes of a folder.</summary>
internal static class RegimeFolder
{
    private const int FilesMax = 64;

    /// <summary>The regimes shipped with the program.</summary>
    public static string Shipped { get; } = Path.Combine(AppContext.BaseDirectory, "regimes");

    /// <summary>Every regime of every file named *.yaml.</summary>
    /// <exception cref="InvalidDataException">A file has a fault; the message names it with its line. No deadline is better than a wrong one.</exception>
    public static IReadOnlyList<Regime> Load(string folder)
    {
        var regimes = new List<Regime>();
        foreach (var path in Directory.EnumerateFiles(folder, "*.yaml").Order(StringComparer.Ordinal).Take(FilesMax))
        {
            var file = RegimeLoader.Load(File.ReadAllText(path), Path.GetFileName(path));
            if (file.Errors.Count > 0)
                throw new InvalidDataException(file.Errors[0].ToString());
            regimes.AddRange(file.Regimes);
        }
        var twice = regimes.GroupBy(regime => regime.Name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1);
        return twice is null ? regimes : throw new InvalidDataException($"{folder}: The regime {twice.Key} is there more than once.");
    }
}
