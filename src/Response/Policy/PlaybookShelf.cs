using System.Security.Cryptography;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Response.Evidence;

namespace SentinelHealth.Response.Policy;

/// <summary>A person's change of a playbook's mode.</summary>
/// <param name="Name">The playbook.</param>
/// <param name="From">The mode it had.</param>
/// <param name="To">The mode it has from then on.</param>
/// <param name="Digest">What the playbook said then (<see cref="PlaybookShelf.DigestOf"/>); once it says something else, its file's mode counts again.</param>
/// <param name="ChangedBy">Who.</param>
/// <param name="At">When.</param>
/// <param name="Reason">Why.</param>
public sealed record PlaybookModeChange(
    string Name, PlaybookMode From, PlaybookMode To, string Digest, string ChangedBy, DateTimeOffset At, string Reason);

/// <summary>The playbooks of the files with the modes people gave them. Safe from many threads.</summary>
public sealed class PlaybookShelf
{
    private readonly Dictionary<string, PlaybookModeChange> _changes = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private volatile PlaybookSet _current;

    /// <summary>Takes the playbooks of the files and the latest change of each.</summary>
    public PlaybookShelf(PlaybookSet filed, IEnumerable<PlaybookModeChange> changes)
    {
        ArgumentNullException.ThrowIfNull(filed);
        ArgumentNullException.ThrowIfNull(changes);
        Filed = filed;
        foreach (var change in changes.OrderBy(change => change.At))
            _changes[change.Name] = change;
        _current = Put();
    }

    /// <summary>As the files have them.</summary>
    public PlaybookSet Filed { get; }

    /// <summary>As they are in force.</summary>
    public PlaybookSet Current => _current;

    /// <summary>Puts a change in force.</summary>
    public void Apply(PlaybookModeChange change)
    {
        ArgumentNullException.ThrowIfNull(change);
        lock (_gate)
        {
            _changes[change.Name] = change;
            _current = Put();
        }
    }

    /// <summary>Puts a change in force unless that of its playbook is as late already.</summary>
    /// <returns>Whether it was news.</returns>
    public bool ApplyIfLater(PlaybookModeChange change)
    {
        ArgumentNullException.ThrowIfNull(change);
        lock (_gate)
        {
            if (_changes.TryGetValue(change.Name, out var known) && known.At >= change.At)
                return false;
            _changes[change.Name] = change;
            _current = Put();
            return true;
        }
    }

    /// <summary>Why a mode cannot follow another, as a sentence; null when it can. Trust is earned one step at a time and lost at once.</summary>
    public static string? ObjectionTo(PlaybookMode from, PlaybookMode to) =>
        from == to ? $"It is in the mode {Name(from)} already."
        : to > from + 1 ? $"One step at a time: after {Name(from)} comes {Name(from + 1)}."
        : null;

    /// <summary>SHA-256 over everything a playbook says but its mode, 0x-hex.</summary>
    public static string DigestOf(Playbook playbook)
    {
        ArgumentNullException.ThrowIfNull(playbook);
        return DecisionEvidence.Hex(SHA256.HashData(
            CanonicalJson.Of(playbook with { Mode = PlaybookMode.Observe }, AlertJson.Options)));
    }

    private PlaybookSet Put() => new(Filed.Playbooks.Select(playbook =>
        _changes.TryGetValue(playbook.Name, out var change) && change.Digest == DigestOf(playbook)
            ? playbook with { Mode = change.To } : playbook));

    private static string Name(PlaybookMode mode) => mode.ToString().ToLowerInvariant();
}
