using System.Globalization;
using SentinelHealth.Response.Policy;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace SentinelHealth.Response.Compliance;

/// <summary>Why a file of regimes was refused.</summary>
/// <param name="File">The file's name as given to the loader.</param>
/// <param name="Line">Line, from 1.</param>
/// <param name="Message">One sentence.</param>
public sealed record RegimeError(string File, long Line, string Message)
{
    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{File}:{Line}: {Message}");
}

/// <summary>What a file of regimes holds, or every fault in it. A file with a fault yields no regime.</summary>
/// <param name="Regimes">Its regimes in order; empty when there are errors.</param>
/// <param name="Errors">Its faults in order.</param>
public sealed record RegimeFile(IReadOnlyList<Regime> Regimes, IReadOnlyList<RegimeError> Errors);

/// <summary>Reads regimes from YAML, strictly: an unknown key or an odd value is an error with its line, never a guess.</summary>
/// <remarks>Pure: the text comes as an argument. Never throws on any text. Bounds: 256 KB, nesting of 8, 64 regimes a file.</remarks>
public static class RegimeLoader
{
    private const int TextLengthMax = 256 * 1024;
    private const int RegimesMax = 64;

    /// <summary>Reads a file of one or more YAML documents, one regime each.</summary>
    public static RegimeFile Load(string text, string fileName)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length > TextLengthMax)
            return new RegimeFile([], [new RegimeError(fileName, 1, $"A file of regimes has at most {TextLengthMax} characters.")]);
        var errors = new List<RegimeError>();
        var regimes = new List<Regime>();
        try
        {
            PlaybookLoader.RefuseTraps(text);
            var stream = new YamlStream();
            stream.Load(new StringReader(text));
            if (stream.Documents.Count is 0 or > RegimesMax)
                errors.Add(new RegimeError(fileName, 1, $"A file of regimes holds 1 to {RegimesMax} of them."));
            foreach (var document in stream.Documents.Take(RegimesMax))
            {
                if (new RegimeReader(fileName, errors).Read(document.RootNode) is { } regime)
                    regimes.Add(regime);
            }
        }
        catch (YamlException fault)
        {
            errors.Add(new RegimeError(fileName, fault.Start.Line, $"This is not YAML we read: {fault.Message}"));
        }
        catch (Exception fault) when (fault is InvalidOperationException or ArgumentException or IndexOutOfRangeException)
        {
            // The YAML scanner answers some broken texts with exceptions of its inner parts, which carry no line.
            errors.Add(new RegimeError(fileName, 1, $"This is not YAML we read: {fault.Message}"));
        }
        foreach (var twice in regimes.GroupBy(regime => regime.Name, StringComparer.Ordinal).Where(group => group.Count() > 1))
            errors.Add(new RegimeError(fileName, 1, $"Two regimes are named {twice.Key}."));
        return errors.Count > 0 ? new RegimeFile([], errors) : new RegimeFile(regimes, []);
    }
}
