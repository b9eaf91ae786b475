using SentinelHealth.Detection.Detectors;
using SentinelHealth.Detection.Detectors.Biometric;

namespace SentinelHealth.Detection.Explanation;

/// <summary>Which of the parts of a score a sentence gives as reasons: the weighty ones, each thing once, nothing ordinary.</summary>
internal static class Reasons
{
    /// <summary>Surprise below which a part is usual.</summary>
    public const double UnusualNats = 0.7;

    private const int ReasonsMax = 3;
    private const double ShareOfStrongestMin = 0.1;
    private const double OrdinaryBand = 0.15;
    private const double AlikeCounts = 0.9;

    /// <summary>
    /// The reasons among parts sorted by share. Never empty when there is any part: the strongest stands in. What the strongest
    /// detector found, after which the alert is named, is always among them.
    /// </summary>
    public static IReadOnlyList<FoundPart> Of(IReadOnlyList<FoundPart> found, DetectorSlot strongest)
    {
        List<FoundPart> reasons = [];
        foreach (var part in found)
        {
            if (reasons.Count == ReasonsMax)
                break;
            if (IsReason(part, found[0]) && !found.Any(other => SaysMore(other, part) && IsReason(other, found[0]))
                && !reasons.Exists(earlier => IsTheSame(earlier, part)))
                reasons.Add(part);
        }
        var own = found.FirstOrDefault(part => ReferenceEquals(part.Slot, strongest), found.Count > 0 ? found[0] : default);
        if (found.Count == 0 || reasons.Exists(reason => ReferenceEquals(reason.Slot, own.Slot) || IsTheSame(reason, own)))
            return reasons;
        if (reasons.Count == ReasonsMax)
            reasons.RemoveAt(ReasonsMax - 1);
        reasons.Insert(0, own);
        return reasons;
    }

    private static bool IsReason(in FoundPart found, in FoundPart strongest) =>
        found.Part.Surprise >= UnusualNats && found.Contribution.Share >= ShareOfStrongestMin * strongest.Contribution.Share
        && !IsOrdinary(found.Part);

    /// <summary>A number as good as the usual one is no reason, however narrow the habit: some per cent more gas, a liveness of 0.93.</summary>
    public static bool IsOrdinary(in SurprisePart part)
    {
        var (observed, expected) = (part.Observed, part.Expected);
        return double.IsFinite(observed) && double.IsFinite(expected)
            && Math.Abs(observed - expected) <= OrdinaryBand * Math.Abs(expected);
    }

    /// <summary>Whether a count says of what kind the events are that the other only counts.</summary>
    private static bool SaysMore(in FoundPart other, in FoundPart part)
    {
        if (!ReferenceEquals(other.Slot, part.Slot) || !part.Slot.IsCounting || other.Part.Part == part.Part.Part)
            return false;
        var (what, span) = WhatOf(part);
        var (otherWhat, otherSpan) = WhatOf(other);
        return what == "events" && otherWhat != what && span == otherSpan && other.Part.Observed >= AlikeCounts * part.Part.Observed;
    }

    private static bool IsTheSame(in FoundPart earlier, in FoundPart part)
    {
        if (TopicOf(earlier) == TopicOf(part))
            return true;
        if (!earlier.Slot.IsCounting || !ReferenceEquals(earlier.Slot, part.Slot) || WhatOf(earlier).Span != WhatOf(part).Span)
            return false;
        var (one, other) = (earlier.Part.Observed, part.Part.Observed);
        return Math.Min(one, other) >= AlikeCounts * Math.Max(one, other);
    }

    private static (string What, string Span) WhatOf(in FoundPart found) =>
        CountPhrases.Split(found.Slot, found.Slot.Detector.PartNames[found.Part.Part]);

    /// <summary>What a part is about, so that two detectors that saw the same are told once.</summary>
    private static string TopicOf(in FoundPart found)
    {
        var what = WhatOf(found).What;
        return what switch
        {
            "liveness" or "liveness score" => "liveness",
            "capture quality" => what,
            "magnitude" or "amount" or "update norm" or "norm of the update" => "size",
            "cosine to the aggregate" => what,
            "rejected captures" => "rejected",
            _ when found.Slot.Detector is ProbeClimb && found.Part.Part == 0 => "rejected",
            "new patients" => ViewOf(found) + "patients",
            _ => ViewOf(found) + what,
        };
    }

    private static string ViewOf(in FoundPart found) =>
        found.Slot.View is EntityView.Actor or EntityView.Doing ? "" : found.Slot.View + " ";
}
