using System.Globalization;
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
/// <param name="WouldBeNormalIf">What single change would have made it usual; empty when none would.</param>
internal sealed record Explained(
    string Reason, IReadOnlyList<Contribution> Contributions, IReadOnlyList<string> NotUnusual, string WouldBeNormalIf);

/// <summary>Turns evidence into contributions that sum to the score, and into a sentence.</summary>
internal sealed class Explainer(DetectorSlot[] slots, HealthFeatures features, NameTable names)
{
    private const double UnusualNats = 0.7;
    private const int PhrasesMax = 3;
    private const double DominantShare = 0.75;

    /// <summary>Explains the current event; earlier events carry their share of the score.</summary>
    public Explained Explain(SentinelEvent observed, ReadOnlySpan<EvidenceItem> evidence, double score, double earlierShare)
    {
        var total = 0.0;
        foreach (var item in evidence)
            total += item.Evidence;
        List<(Contribution Contribution, SurprisePart Part, DetectorSlot Slot)> found = [];
        List<string> usual = [];
        foreach (var item in evidence)
            Collect(observed, item, score * (1 - earlierShare) * item.Evidence / total, found, usual);
        found.Sort((a, b) => b.Contribution.Share.CompareTo(a.Contribution.Share));
        var phrases = found.Where(f => f.Part.Surprise >= UnusualNats)
            .Take(PhrasesMax).Select(f => Phrase(f.Slot, f.Part, f.Contribution.Value)).ToList();
        var top = found[0];
        var counterfactual = top.Contribution.Share >= DominantShare * score ? Counterfactual(top.Slot, top.Part) : "";
        List<Contribution> contributions = [.. found.Select(f => f.Contribution)];
        if (earlierShare > 0)
        {
            phrases.Insert(0, "one of a run of unusual events in the last hours");
            contributions.Add(new Contribution("earlier unusual events", "a run in the last hours", "none", score * earlierShare));
            contributions.Sort((a, b) => b.Share.CompareTo(a.Share));
        }
        var reason = $"{ConsentRules.Capital(EventEntities.Who(observed))} did {Activity(observed)} unusually: {string.Join("; ", phrases)}.";
        return new Explained(reason, contributions, [.. usual.Distinct()], counterfactual);
    }

    private void Collect(
        SentinelEvent observed, EvidenceItem item, double share,
        List<(Contribution, SurprisePart, DetectorSlot)> found, List<string> usual)
    {
        var slot = slots[item.Slot];
        Span<SurprisePart> parts = stackalloc SurprisePart[16];
        var seen = slot.Observe(features, observed);
        var count = slot.Detector.Explain(seen, parts);
        foreach (var part in parts[..count])
        {
            if (part.Surprise < UnusualNats)
                usual.Add(slot.Label + slot.Detector.PartNames[part.Part]);
            if (item.Evidence > 0 && part.Surprise > 0)
                found.Add((Contribution(slot, part, Value(seen, part), share * part.Surprise / item.Raw), part, slot));
        }
    }

    private Contribution Contribution(DetectorSlot slot, SurprisePart part, string value, double share)
    {
        var name = slot.Label + slot.Detector.PartNames[part.Part];
        return double.IsNaN(part.Observed)
            ? new Contribution(name, value,
                names.Of(part.UsualKey) + Familiarity(part.Novelty), share)
            : new Contribution(name, value, "about " + Number(part.Expected), share);
    }

    private string Phrase(DetectorSlot slot, SurprisePart part, string value)
    {
        var name = slot.Label + slot.Detector.PartNames[part.Part];
        if (slot.View == EntityView.Quantity)
            return $"{name} {value}, where about {Number(part.Expected)} is usual";
        if (!double.IsNaN(part.Observed))
            return $"{value} {name}, where about {Number(part.Expected)} is usual";
        var usual = names.Of(part.UsualKey);
        return part.Novelty switch
        {
            Novelty.Known => $"{name} {value} is rare here, {usual} is usual",
            Novelty.NewToEntity => $"{name} {value} for the first time, {usual} is usual",
            Novelty.NewToPeers => $"{name} {value} for the first time, new to all peers, {usual} is usual",
            Novelty.NewToNetwork => $"{name} {value}, never seen in the network, {usual} is usual",
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    private string Counterfactual(DetectorSlot slot, SurprisePart part)
    {
        var name = slot.Label + slot.Detector.PartNames[part.Part];
        return double.IsNaN(part.Observed) ? $"{name} were {names.Of(part.UsualKey)}" : $"{name} were about {Number(part.Expected)}";
    }

    private static string Familiarity(Novelty novelty) => novelty switch
    {
        Novelty.Known => " is usual",
        Novelty.NewToEntity => " is usual; first time for this actor",
        Novelty.NewToPeers => " is usual; first time among peers",
        Novelty.NewToNetwork => " is usual; first time in the network",
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static string Activity(SentinelEvent observed) => observed.Kind == EventKind.BiometricQuery
        ? $"a biometric {observed.TextOf(TextField.Operation)}"
        : $"{observed.TextOf(TextField.Contract)}.{observed.TextOf(TextField.Method)}";

    private string Value(in Observation seen, SurprisePart part) =>
        double.IsNaN(part.Observed) ? names.Of(seen.Categories[part.Part]) : Number(part.Observed);

    private static string Number(double value) => value.ToString(Math.Abs(value) < 10 ? "0.##" : "#,0", CultureInfo.InvariantCulture);
}
