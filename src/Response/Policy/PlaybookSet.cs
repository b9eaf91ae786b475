using System.IO.Enumeration;
using SentinelHealth.Detection.Correlation;

namespace SentinelHealth.Response.Policy;

/// <summary>The playbooks in force, strongest mode first and then by name, so that their order in files means nothing.</summary>
public sealed class PlaybookSet
{
    /// <summary>No playbook: nothing is ever contained.</summary>
    public static PlaybookSet Empty { get; } = new([]);

    /// <summary>Takes playbooks in any order.</summary>
    /// <exception cref="ArgumentException">Two have one name.</exception>
    public PlaybookSet(IEnumerable<Playbook> playbooks)
    {
        ArgumentNullException.ThrowIfNull(playbooks);
        Playbooks = [.. playbooks.OrderByDescending(playbook => playbook.Mode)
            .ThenBy(playbook => playbook.Name, StringComparer.Ordinal)];
        if (Playbooks.GroupBy(playbook => playbook.Name, StringComparer.Ordinal)
            .FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new ArgumentException($"Two playbooks are named {twice.Key}.", nameof(playbooks));
    }

    /// <summary>All of them.</summary>
    public IReadOnlyList<Playbook> Playbooks { get; }

    /// <summary>Those whose conditions an incident meets, strongest mode first. O(playbooks × sources).</summary>
    public IEnumerable<Playbook> For(Incident incident) => Playbooks.Where(playbook => Holds(playbook.When, incident));

    private static bool Holds(PlaybookConditions when, Incident incident) =>
        (when.SeverityMin is not { } severity || incident.Severity >= severity)
        && (when.ScoreMin is not { } score || incident.Score >= score)
        && (when.ConfidenceMin is not { } confidence || IncidentConfidence.Of(incident) >= confidence)
        && (when.AlertsMin is not { } alerts || incident.AlertCount >= alerts)
        && (when.SourcesMin is not { } sources || incident.SourceCount >= sources)
        && (when.Entities.Count == 0 || when.Entities.Contains(incident.Principal.Type))
        && (when.StageMin is not { } stage || incident.Stage >= stage)
        && (when.Hours is not { } hours || hours.Holds(incident.LastAlertAt))
        && (when.Days.Count == 0 || when.Days.Contains(incident.LastAlertAt.UtcDateTime.DayOfWeek))
        && AnyMatches(when.Sources, incident.Sources)
        && AnyMatches(when.Tags, incident.Tags);

    private static bool AnyMatches(IReadOnlyList<string> patterns, IReadOnlyList<string> texts) =>
        patterns.Count == 0 || patterns.Any(pattern => texts.Any(text => Matches(pattern, text)));

    private static bool Matches(string pattern, string text) =>
        FileSystemName.MatchesSimpleExpression(pattern, text, ignoreCase: false);
}
