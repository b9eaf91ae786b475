using SentinelHealth.Detection.Alerts;
using SentinelHealth.Detection.Detectors;
using SentinelHealth.Detection.Features;
using SentinelHealth.Detection.Rules;
using SentinelHealth.Ingest.Events;

namespace SentinelHealth.Detection.Explanation;

/// <summary>An explanation of a model alert.</summary>
/// <param name="Reason">One sentence.</param>
/// <param name="Contributions">Additive parts of the score, largest first.</param>
/// <param name="NotUnusual">What was looked at and was usual.</param>
/// <param name="Parts">The parts of this event's own share, largest first.</param>
internal sealed record Explained(
    string Reason, IReadOnlyList<Contribution> Contributions, IReadOnlyList<string> NotUnusual, IReadOnlyList<FoundPart> Parts);

/// <summary>A part of the score with the detector that saw it.</summary>
internal readonly record struct FoundPart(Contribution Contribution, SurprisePart Part, DetectorSlot Slot);

/// <summary>Turns evidence into contributions that sum to the score, and into a sentence.</summary>
internal sealed class Explainer(DetectorSlot[] slots, HealthFeatures features, NameTable names)
{
    private const int NodeCharsMax = 64;

    private readonly Phrasing _phrasing = new(names);

    /// <summary>Explains the current event; earlier events carry their share of the score.</summary>
    public Explained Explain(SentinelEvent observed, ReadOnlySpan<EvidenceItem> evidence, double score, double earlierShare)
    {
        var total = 0.0;
        foreach (var item in evidence)
            total += item.Evidence;
        List<FoundPart> found = [];
        List<string> usual = [];
        foreach (var item in evidence)
            Collect(observed, item, score * (1 - earlierShare) * item.Evidence / total, found, usual);
        found.Sort((a, b) => b.Contribution.Share.CompareTo(a.Contribution.Share));
        var (scene, strongest) = (SceneOf(observed), Strongest(evidence));
        var clauses = Reasons.Of(found, strongest)
            .Select(f => _phrasing.Clause(f.Slot, f.Part, f.Contribution.Value, scene)).Distinct().ToList();
        List<Contribution> contributions = [.. found.Select(f => f.Contribution)];
        if (clauses.Count == 0)
            clauses.Add("did several things that are each a little unusual");
        var told = string.Join("; ", clauses);
        if (earlierShare > 0)
        {
            contributions.Add(new Contribution("earlier unusual events", "a run in the last hours", "none", score * earlierShare));
            contributions.Sort((a, b) => b.Share.CompareTo(a.Share));
        }
        var reason = $"{ConsentRules.Capital(EventEntities.Who(observed))}, at {Activity(observed)}{Aside(strongest, scene, told)}, "
            + $"{(earlierShare > 0 ? "went on with a run of unusual events: " : "")}{told}.";
        return new Explained(reason, contributions, [.. usual.Distinct()], found);
    }

    private DetectorSlot Strongest(ReadOnlySpan<EvidenceItem> evidence)
    {
        var strongest = evidence[0];
        foreach (var item in evidence)
            strongest = item.Evidence > strongest.Evidence ? item : strongest;
        return slots[strongest.Slot];
    }

    /// <summary>Names the entity the alert is about where no clause does and it is not the actor.</summary>
    private static string Aside(DetectorSlot strongest, in Scene scene, string told) => strongest.View switch
    {
        EntityView.Node when !told.Contains(scene.Node, StringComparison.Ordinal) => " through " + scene.Node,
        EntityView.Recipient when scene.Recipient.Length > 0 && !told.Contains(scene.Recipient, StringComparison.Ordinal) =>
            " to " + scene.Recipient,
        _ => "",
    };

    private Scene SceneOf(SentinelEvent observed)
    {
        var recipient = EventEntities.Of(observed, EntityView.Recipient);
        var (node, before) = (observed.TextOf(TextField.Node), features.Steps.BeforeActivity);
        return new Scene(
            node.Length <= NodeCharsMax ? node : EventEntities.Short(node),
            recipient == EventEntities.Actor(observed) ? "its recipient" : EventEntities.Short(recipient.Id),
            before == 0 ? "" : names.TryOf(before));
    }

    private void Collect(SentinelEvent observed, EvidenceItem item, double share, List<FoundPart> found, List<string> usual)
    {
        var slot = slots[item.Slot];
        Span<SurprisePart> parts = stackalloc SurprisePart[16];
        var seen = slot.Observe(features, observed);
        var count = slot.Detector.Explain(seen, parts);
        foreach (var part in parts[..count])
        {
            if (part.Surprise < Reasons.UnusualNats)
                usual.Add(slot.Label + slot.Detector.PartNames[part.Part]);
            if (item.Evidence > 0 && part.Surprise > 0)
                found.Add(new(Contribution(slot, part, Value(seen, part), share * part.Surprise / item.Raw), part, slot));
        }
    }

    private Contribution Contribution(DetectorSlot slot, SurprisePart part, string value, double share)
    {
        var name = slot.Label + slot.Detector.PartNames[part.Part];
        return double.IsNaN(part.Observed)
            ? new Contribution(name, value,
                (_phrasing.Usual(slot, part, value) is { } usual ? usual + " is usual; " : "") + Familiarity(part.Novelty), share)
            : new Contribution(name, value, "about " + Phrasing.Number(part.Expected), share);
    }

    private static string Familiarity(Novelty novelty) => novelty switch
    {
        Novelty.Known => "rare here",
        Novelty.NewToEntity => "first time for this actor",
        Novelty.NewToPeers => "first time among peers",
        Novelty.NewToNetwork => "first time in the network",
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static string Activity(SentinelEvent observed) => observed.Kind == EventKind.BiometricQuery
        ? $"a biometric {observed.TextOf(TextField.Operation)}"
        : $"{observed.TextOf(TextField.Contract)}.{observed.TextOf(TextField.Method)}";

    private string Value(in Observation seen, SurprisePart part) =>
        double.IsNaN(part.Observed) ? names.Of(seen.Categories[part.Part]) : Phrasing.Number(part.Observed);
}
