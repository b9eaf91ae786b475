namespace SentinelHealth.Response.Reports;

/// <summary>The fonts that PDF reports carry. They are embedded, so that a report looks and prints the same everywhere.</summary>
public sealed class ReportFonts
{
    private static readonly string[] Folders =
    [
        Path.Combine(AppContext.BaseDirectory, "fonts"), "/usr/share/fonts/truetype/dejavu", "/usr/share/fonts/dejavu-sans-fonts",
        "/usr/share/fonts/dejavu-sans-mono-fonts", "/usr/share/fonts/TTF", "/usr/share/fonts/dejavu",
    ];

    private static readonly Lazy<ReportFonts> Found = new(() => new ReportFonts());

    private ReportFonts() => (Regular, Bold, Mono) = (Read("DejaVuSans.ttf"), Read("DejaVuSans-Bold.ttf"), Read("DejaVuSansMono.ttf"));

    /// <summary>The fonts of this machine, read once.</summary>
    /// <exception cref="FileNotFoundException">DejaVu is not installed; the message names the package.</exception>
    public static ReportFonts Installed => Found.Value;

    internal TrueTypeFont Regular { get; }

    internal TrueTypeFont Bold { get; }

    internal TrueTypeFont Mono { get; }

    private static TrueTypeFont Read(string file)
    {
        var path = Folders.Select(folder => Path.Combine(folder, file)).FirstOrDefault(File.Exists);
        return path is not null ? new TrueTypeFont(Path.GetFileNameWithoutExtension(file), File.ReadAllBytes(path))
            : throw new FileNotFoundException(
                $"{file} is not installed, so no PDF can be made: install DejaVu (Debian: fonts-dejavu-core).", file);
    }
}
