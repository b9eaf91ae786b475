using System.Security.Cryptography;
using SentinelHealth.Dashboard.Hosting;
using SentinelHealth.Dashboard.Rules;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Detection.Rules.Live;
using SentinelHealth.Response.Evidence;

namespace SentinelHealth.Dashboard.Evidence;

/// <summary>What is in force, as evidence has it: program, models' settings, rules with their stages, playbooks. Made anew when the rules change.</summary>
internal sealed class EvidenceVersions(MonitorPlan plan)
{
    private StagedRules? _rules;
    private ReadOnlyMemory<byte> _current;

    /// <summary>The program and its version.</summary>
    public static string Program { get; } = "SentinelHealth " + VersionSheet.Program;

    /// <summary>The versions now; the same bytes as long as nothing changes. For the pump's thread.</summary>
    public ReadOnlyMemory<byte> Current()
    {
        var rules = plan.Rules?.Current;
        if (_current.Length > 0 && ReferenceEquals(rules, _rules))
            return _current;
        _rules = rules;
        return _current = CanonicalJson.Of(
            new
            {
                program = Program,
                detection = plan.Detection,
                response = plan.Response,
                playbooks = plan.Playbooks.Playbooks.Select(playbook => new
                {
                    name = playbook.Name,
                    sha256 = VersionSheet.DigestOf(playbook),
                }),
                rules = rules?.Rules.Select(rule => new { name = rule.Name, stage = rule.Stage.ToString() }),
                ruleFiles = plan.Rules is { } shelf ? RuleDigests.Of(shelf.Folder) : null,
            },
            AlertJson.Options);
    }
}

/// <summary>Digests of the files of a folder of rules.</summary>
internal static class RuleDigests
{
    /// <summary>By the path below the folder. A file that goes away meanwhile is left out.</summary>
    public static IReadOnlyDictionary<string, string> Of(string folder)
    {
        var digests = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var file in RuleFiles.Below(folder).Where(File.Exists))
            digests[Path.GetRelativePath(folder, file)] = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file)));
        return digests;
    }
}
