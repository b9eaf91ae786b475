using System.Text.Json;
using SentinelHealth.Dashboard.Storage;

namespace SentinelHealth.Dashboard.Onboarding;

/// <summary>How far the first steps are, and what was planned in them: names only, so that it can be seen when they are in use.</summary>
internal sealed record WelcomeState
{
    public const int NamesMax = 32;

    /// <summary>Who ended the first steps; empty while they are shown.</summary>
    public string EndedBy { get; init; } = "";

    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Sources that were written into the settings file.</summary>
    public IReadOnlyList<string> Sources { get; init; } = [];

    /// <summary>Channels that were.</summary>
    public IReadOnlyList<string> Channels { get; init; } = [];

    /// <summary>What automation was to leave alone.</summary>
    public IReadOnlyList<string> Protected { get; init; } = [];

    /// <summary>A list with one more name.</summary>
    public static IReadOnlyList<string> With(IReadOnlyList<string> names, string name) =>
        [.. names.Append(name).Distinct(StringComparer.Ordinal).TakeLast(NamesMax)];
}

/// <summary>Keeps <see cref="WelcomeState"/> in a document. Safe from many threads.</summary>
internal sealed class WelcomeStore(IDocuments documents)
{
    public const string FileName = "welcome.json";

    private volatile Known? _known;

    /// <summary>In a file of the data folder.</summary>
    public WelcomeStore(string dataFolder) : this(new FolderDocuments(dataFolder))
    {
    }

    public WelcomeState State
    {
        get
        {
            var mark = documents.MarkOf(FileName);
            if (_known is not { } known || known.Mark != mark)
                _known = known = new Known(mark, Parse(documents.Read(FileName)));
            return known.State;
        }
    }

    /// <summary>Whether whoever administers is shown the first steps.</summary>
    public bool IsOpen => State.EndedBy.Length == 0;

    public void Change(Func<WelcomeState, WelcomeState> change) =>
        documents.Change(FileName, before => JsonSerializer.SerializeToUtf8Bytes(change(Parse(before))));

    private static WelcomeState Parse(byte[]? document) =>
        document is null ? new WelcomeState() : JsonSerializer.Deserialize<WelcomeState>(document) ?? new WelcomeState();

    private sealed record Known(string Mark, WelcomeState State);
}
