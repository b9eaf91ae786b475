using System.CommandLine;

namespace SentinelHealth.Dashboard.Commands;

/// <summary>Options that several commands take in the same way.</summary>
internal static class SharedOptions
{
    public const string DataFolderDefault = "sentinel-data";

    public static Option<string> Data() => new("--data")
    {
        Description = "Folder of everything the program keeps.",
        DefaultValueFactory = _ => DataFolderDefault,
    };

    public static Option<string?> Config() => new("--config") { Description = "Settings file (JSON) with a section SentinelHealth." };
}
