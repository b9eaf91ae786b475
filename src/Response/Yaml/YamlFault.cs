using System.Globalization;

namespace SentinelHealth.Response.Yaml;

/// <summary>Why a file written by people was refused.</summary>
/// <param name="File">The file's name as given to the loader.</param>
/// <param name="Line">Line, from 1.</param>
/// <param name="Message">One sentence.</param>
public sealed record YamlFault(string File, long Line, string Message)
{
    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{File}:{Line}: {Message}");
}
