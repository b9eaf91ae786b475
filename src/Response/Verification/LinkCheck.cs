using System.Security.Cryptography;
using System.Text;

namespace SentinelHealth.Response.Verification;

/// <summary>What follows from what: alerts from events and versions, decisions from what they saw, approvals and receipts from decisions.</summary>
internal sealed class LinkCheck(Dictionary<string, List<PackEntry>> entries, List<PackProblem> problems, string incident)
{
    private static readonly string[] BoundFirst = ["evidenceHash", "incidentId", "key", "kind"];
    private static readonly string[] SameThroughout = ["incidentId", "kind", "target"];

    private readonly Dictionary<string, StrictValue> _decided = new(StringComparer.Ordinal);

    public void Run()
    {
        // What follows from a stage that is broken cannot be blamed for it.
        var broken = problems.Select(problem => problem.Stage).ToHashSet(StringComparer.Ordinal);
        if (!broken.Contains("score"))
            Try("score", CheckScores);
        if (!broken.Contains("policy"))
            Try("policy", CheckPolicy);
        if (broken.Contains("policy"))
            return;
        Try("approvals", () => CheckSteps("approvals"));
        Try("receipt", () => CheckSteps("receipt"));
    }

    private void CheckScores()
    {
        var named = new HashSet<string>(StringComparer.Ordinal);
        var first = long.MaxValue;
        foreach (var entry in Of("score", "alert"))
        {
            var body = entry.Body!;
            if (body.TextOf("id") != entry.Key || body.TextOf("incidentId") != entry.Incident || entry.Incident != incident)
                problems.Add(new("score", $"The alert of entry {entry.Number} is not one of this incident."));
            named.UnionWith(body.ItemsOf("eventIds").Select(id => id.Text ?? ""));
            first = Math.Min(first, entry.Number);
        }
        if (entries["event"].Any(entry => !named.Contains(entry.Key)))
            problems.Add(new("event", "There is an event that no alert rests on."));
        if (first < long.MaxValue && !Of("versions", "versions").Any(entry => entry.Number < first))
            problems.Add(new("versions", "No entry says which versions were in force before the first alert."));
    }

    private void CheckPolicy()
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var entry in Of("policy", "seen"))
        {
            if ("0x" + Convert.ToHexStringLower(SHA256.HashData(entry.Body!.Bytes.Span)) != entry.Key)
                problems.Add(new("policy", $"Entry {entry.Number} is not what the decision saw."));
            seen.Add(entry.Key);
        }
        foreach (var entry in Of("policy", "decision"))
        {
            var action = entry.Body!.Member("action");
            if (action.TextOf("key") != entry.Key || action.TextOf("incidentId") != entry.Incident || !seen.Contains(action.TextOf("evidenceHash")))
                problems.Add(new("policy", $"The decision of entry {entry.Number} does not follow from what is in the pack."));
            _decided[entry.Key] = action;
        }
    }

    private void CheckSteps(string stage)
    {
        foreach (var entry in entries[stage].Where(entry => entry.Body is not null))
        {
            var action = entry.Body!.Member("action");
            var key = action.TextOf("key");
            if (key != entry.Key || !_decided.TryGetValue(key, out var decided) || !IsSame(action, decided))
                problems.Add(new(stage, $"Entry {entry.Number} is about an action that was not decided."));
            if (entry.Kind == "approval")
                CheckApproval(entry, action);
        }
    }

    /// <summary>An approval is bound to exactly one step of exactly one action.</summary>
    private void CheckApproval(PackEntry entry, StrictValue action)
    {
        var said = entry.Body!.Member("said");
        var approval = said.Member("approval");
        var step = said.TextOf("step") switch { "Contain" => "contain", "Renew" => "renew", _ => "reverse" };
        var bound = new StringBuilder("{");
        foreach (var name in BoundFirst)
            bound.Append('"').Append(name).Append("\":").Append(Raw(action.Member(name))).Append(',');
        bound.Append("\"step\":\"").Append(step).Append("\",\"target\":").Append(Raw(action.Member("target")));
        // What is kept longer is bound to its new end, everything else to how long it lasts.
        bound.Append(step == "renew" ? $",\"until\":{Raw(approval.Member("until"))}}}" : $",\"ttl\":{Raw(action.Member("ttl"))}}}");
        var binding = "0x" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(bound.ToString())));
        if (approval.TextOf("binding") != binding)
            problems.Add(new("approvals", $"The approval of entry {entry.Number} is of something else."));
    }

    private static bool IsSame(StrictValue one, StrictValue other) =>
        SameThroughout.All(name => Raw(one.Member(name)) == Raw(other.Member(name)));

    private static string Raw(StrictValue value) => Encoding.UTF8.GetString(value.Bytes.Span);

    private IEnumerable<PackEntry> Of(string stage, string kind) =>
        entries[stage].Where(entry => entry.Kind == kind && entry.Body is not null);

    private void Try(string stage, Action check)
    {
        try
        {
            check();
        }
        catch (VerificationException fault)
        {
            problems.Add(new(stage, fault.Message));
        }
    }
}
