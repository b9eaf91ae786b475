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

/// <summary>Keeps <see cref="WelcomeState"/> in a file of the data folder. Safe from many threads.</summary>
internal sealed class WelcomeStore
{
    public const string FileName = "welcome.json";

    private readonly string _path;
    private readonly Lock _gate = new();
    private volatile WelcomeState _state;

    public WelcomeStore(string dataFolder)
    {
        _path = Path.Combine(dataFolder, FileName);
        _state = File.Exists(_path) ? Read() : new WelcomeState();
    }

    public WelcomeState State => _state;

    /// <summary>Whether whoever administers is shown the first steps.</summary>
    public bool IsOpen => _state.EndedBy.Length == 0;

    public void Change(Func<WelcomeState, WelcomeState> change)
    {
        lock (_gate)
        {
            var changed = change(_state);
            WholeFile.Replace(_path, stream => JsonSerializer.Serialize(stream, changed));
            _state = changed;
        }
    }

    private WelcomeState Read()
    {
        using var stream = File.OpenRead(_path);
        return JsonSerializer.Deserialize<WelcomeState>(stream) ?? new WelcomeState();
    }
}
