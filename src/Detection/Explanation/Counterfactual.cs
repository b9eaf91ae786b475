using SentinelHealth.Detection.Detectors;
using SentinelHealth.Detection.Features;
using SentinelHealth.Ingest.Events;

namespace SentinelHealth.Detection.Explanation;

/// <summary>
/// Finds the smallest change that would have kept an event below the alert level, by scoring the changed event again.
/// </summary>
/// <remarks>
/// First each of the six weightiest parts alone, then each two of them. Of counts it finds the largest that would still have
/// passed, by bisection. It claims nothing that rescoring against the unchanged baselines did not confirm, so often it claims
/// nothing. At most about 150 rescorings, a few microseconds each, for an alert only.
/// </remarks>
internal sealed class Counterfactual(NameTable names)
{
    private const int CandidatesMax = 6;
    private const double ShareMin = 0.05;
    private const string LeftOpen = "{left:", LeftClose = "}";

    private static readonly string[] Categories = [.. HealthFeatures.Schema.Categorical];

    /// <summary>"It would be normal if …", or empty when no change of one or two things suffices.</summary>
    /// <param name="found">The parts of the score, largest first.</param>
    /// <param name="score">The score they sum to.</param>
    /// <param name="whatIf">What is supposed; empty again afterwards.</param>
    /// <param name="isNormal">Scores again under what is supposed.</param>
    public string Find(IReadOnlyList<FoundPart> found, double score, WhatIf whatIf, Func<bool> isNormal)
    {
        var candidates = CandidatesOf(found, score);
        foreach (var change in candidates)
        {
            if (Confirm(whatIf, isNormal, change, null) is { } single)
                return $"It would be normal if {single}.";
        }
        for (var i = 0; i < candidates.Count; i++)
        {
            for (var j = i + 1; j < candidates.Count; j++)
            {
                if (AreOneOmission(candidates[i], candidates[j]))
                    continue;
                if (Confirm(whatIf, isNormal, candidates[i], candidates[j]) is { } both)
                    return $"It would be normal if {both}.";
            }
        }
        whatIf.Clear();
        return "";
    }

    private static string? Confirm(WhatIf whatIf, Func<bool> isNormal, Change first, Change? second)
    {
        bool Holds(Change a, Change? b)
        {
            whatIf.Clear();
            whatIf.Add(a);
            if (b is { } also)
                whatIf.Add(also);
            return isNormal();
        }
        if (!Holds(first, second))
            return null;
        first = Least(first, smaller => Holds(smaller, second));
        if (second is { } other)
            second = Least(other, smaller => Holds(first, smaller));
        var confirmed = Holds(first, second);
        whatIf.Clear();
        return !confirmed ? null : second is { } last ? $"{Clause(first)} and {Clause(last)}" : Clause(first);
    }

    /// <summary>Two omissions of one habit are one.</summary>
    private static bool AreOneOmission(in Change one, in Change other) =>
        one.Kind == ChangeKind.Fewer && other.Kind == ChangeKind.Fewer && one.View == other.View;

    /// <summary>The smallest omission that still suffices; other changes have no size.</summary>
    private static Change Least(Change change, Func<Change, bool> suffices)
    {
        if (change.Kind != ChangeKind.Fewer)
            return change;
        var (tooFew, enough) = (0.0, change.Amount);
        while (enough - tooFew > 1)
        {
            var middle = Math.Floor((tooFew + enough) / 2);
            if (suffices(change with { Amount = middle }))
                enough = middle;
            else
                tooFew = middle;
        }
        return change with { Amount = enough };
    }

    /// <summary>The clause of a count names what is counted in a mark, to be read with the number that is left.</summary>
    private static string Clause(in Change change)
    {
        var open = change.Clause.IndexOf(LeftOpen, StringComparison.Ordinal);
        if (change.Kind != ChangeKind.Fewer || open < 0)
            return change.Clause;
        var close = change.Clause.IndexOf(LeftClose, open, StringComparison.Ordinal);
        var what = change.Clause[(open + LeftOpen.Length)..close];
        var left = CountPhrases.Of(change.Key - change.Amount, what);
        return string.Concat(change.Clause.AsSpan(0, open), left, change.Clause.AsSpan(close + LeftClose.Length));
    }

    private List<Change> CandidatesOf(IReadOnlyList<FoundPart> found, double score)
    {
        List<Change> candidates = [];
        foreach (var part in found)
        {
            if (candidates.Count == CandidatesMax || part.Contribution.Share < ShareMin * score)
                break;
            if (CandidateOf(part.Slot, part.Part) is { } change && !candidates.Contains(change))
                candidates.Add(change);
        }
        return candidates;
    }

    private Change? CandidateOf(DetectorSlot slot, in SurprisePart part)
    {
        if (slot.IsCounting)
            return FewerOf(slot, part);
        // What crept up over weeks is not undone by one change today, and what others count is not known here.
        if (slot.Detector is not (Rarity or Magnitude))
            return null;
        return slot.View switch
        {
            EntityView.Dealing => new(ChangeKind.OwnCare, slot.View, 0, 0, 0, "the patient had been in this actor's own care before"),
            EntityView.Step when part.Part == 1 =>
                new(ChangeKind.SettledKeys, slot.View, 0, 0, 0, "the account's keys had not just changed"),
            EntityView.Step => ActivityOf(slot, part),
            EntityView.Quantity => new(ChangeKind.Size, slot.View, part.Part, 0, part.Expected,
                $"the {slot.Detector.PartNames[part.Part]} were about {Phrasing.Number(part.Expected)}"),
            EntityView.Actor when part.Part == HealthFeatures.Activity => ActivityOf(slot, part),
            EntityView.Actor => CategoryOf(slot, part),
            _ => null,
        };
    }

    private static Change? FewerOf(DetectorSlot slot, in SurprisePart part)
    {
        if (part.Observed < 2)
            return null;
        var isSpread = slot.Detector is Spread;
        var width = isSpread ? 1 + (part.Part % Spread.Widths) : part.Part % TimeBuckets.WidthsMs.Length;
        var (what, span) = Phrasing.Halves(slot.Detector.PartNames[part.Part]);
        var whose = slot.View == EntityView.Actor ? "there had been" : $"the {slot.View.ToString().ToLowerInvariant()} had had";
        var observed = Math.Round(part.Observed);
        return new(ChangeKind.Fewer, slot.View, width, (ulong)observed, observed - 1,
            $"{whose} no more than {LeftOpen}{what}{LeftClose} {Phrasing.Within(span)}");
    }

    private Change? ActivityOf(DetectorSlot slot, in SurprisePart part) => names.TryOf(part.UsualKey) is { } usual
        ? new(ChangeKind.Activity, slot.View, 0, part.UsualKey, 0, $"it had been {usual}")
        : null;

    private Change? CategoryOf(DetectorSlot slot, in SurprisePart part)
    {
        // The usual size of all an account does may be one of another thing: candidates, not money.
        if (Categories[part.Part] == "magnitude" || names.TryOf(part.UsualKey) is not { } usual)
            return null;
        // The name gives the whole key back; where it does not, the half that habits are kept by has to do.
        var whole = StableHash.Of(usual);
        var key = (uint)whole == (uint)part.UsualKey ? whole : part.UsualKey;
        var clause = Categories[part.Part] switch
        {
            "time of week" => $"it had happened on {usual}",
            "node" => $"it had come through {usual}",
            "country" => $"it had come from {usual}",
            "network" => $"it had come from network {usual}",
            var name => $"the {name} were {usual}",
        };
        return new(ChangeKind.Category, slot.View, part.Part, key, 0, clause);
    }
}
