using SentinelHealth.Dashboard.Commands;

namespace SentinelHealth.Dashboard.Hosting;

/// <summary>Where settings come from: the file shipped with the program, a named file, then the environment.</summary>
internal static class SettingsFile
{
    private const string ShippedFile = "appsettings.json";

    /// <summary>Reads every place. <c>SENTINELHEALTH__Web__Urls__0</c> in the environment overrides <c>SentinelHealth:Web:Urls:0</c> in a file.</summary>
    public static IConfigurationRoot Read(string? namedFile)
    {
        var builder = new ConfigurationBuilder()
            .AddJsonFile(Path.Combine(AppContext.BaseDirectory, ShippedFile), optional: true, reloadOnChange: false);
        if (namedFile is not null)
        {
            if (!File.Exists(namedFile))
                throw new UsageException($"{namedFile}: There is no such file.");
            builder.AddJsonFile(Path.GetFullPath(namedFile), optional: false, reloadOnChange: false);
        }
        try
        {
            return builder.AddEnvironmentVariables().Build();
        }
        catch (Exception fault) when (
            fault is InvalidDataException or FormatException or IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"{namedFile ?? ShippedFile}: {Innermost(fault)}");
        }
    }

    /// <summary>The settings, or every problem in one line each.</summary>
    public static SentinelSettings ReadValid(IConfiguration configuration)
    {
        var (settings, problems) = SettingsCheck.Read<SentinelSettings>(configuration, SentinelSettings.Section);
        return settings ?? throw new UsageException(string.Join(" ", problems));
    }

    private static string Innermost(Exception fault) =>
        (fault.InnerException?.InnerException ?? fault.InnerException ?? fault).Message.ReplaceLineEndings(" ");
}
