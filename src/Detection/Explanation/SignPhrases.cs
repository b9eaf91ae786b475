using SentinelHealth.Detection.Detectors;
using SentinelHealth.Detection.Detectors.Biometric;
using SentinelHealth.Detection.Detectors.Ledger;

namespace SentinelHealth.Detection.Explanation;

/// <summary>How the signs of the detectors with a story of their own read; each part by its place in the detector's names.</summary>
internal static class SignPhrases
{
    /// <summary>What a part says, without the subject; null for detectors without a story.</summary>
    public static string? Clause(DetectorSlot slot, in SurprisePart part)
    {
        var (value, usual) = (Phrasing.Number(part.Observed), Phrasing.Number(part.Expected));
        return slot.Detector switch
        {
            ProbeClimb => part.Part == 0
                ? $"had {CountPhrases.Of(part.Observed, "captures")} rejected in a row"
                : $"had {CountPhrases.Of(part.Observed, "rejected captures")} that each came closer{CountPhrases.Usual(part.Expected)} by chance",
            ProbeReuse => OfCapture(part),
            TemplateSwap => OfTemplate(part),
            LivenessErosion when part.Part == 2 => $"was judged by an acceptance threshold of {value}, where about {usual} is usual",
            LivenessErosion when Reasons.IsOrdinary(part) =>
                $"used a device whose {(part.Part == 0 ? "liveness scores have" : "capture quality has")} kept a little below the usual {usual}",
            LivenessErosion => $"used a device whose {(part.Part == 0 ? "liveness scores have" : "capture quality has")} run low, "
                + $"here {value}, where about {usual} is usual",
            ModelUpdate => OfUpdate(part, value, usual),
            Settlement => OfSettlement(part),
            GroupBurst => OfGroup(slot.Detector.PartNames[part.Part], part),
            Lockstep => part.Part == 0
                ? $"brought the nodes that one organization proposed within three days to {value}{CountPhrases.Usual(part.Expected)}"
                : $"voted in lockstep with {CountPhrases.Of(part.Observed, "other nodes")}",
            _ => null,
        };
    }

    private static string OfCapture(in SurprisePart part) => part.Part switch
    {
        0 => $"presented a capture that had been presented {CountPhrases.Times(part.Observed)} before",
        1 => $"presented a capture that had been presented {CountPhrases.Times(part.Observed)} for other patients",
        _ => $"got to the digit a match score that had come {CountPhrases.Times(part.Observed)} before",
    };

    private static string OfTemplate(in SurprisePart part) => part.Part switch
    {
        0 when part.Observed < 1.5 => "dealt with a template that was changed again within a month",
        0 => $"dealt with a template that was changed {CountPhrases.Times(part.Observed)} more within a month",
        1 => "dealt with a template that was new and much like somebody else's",
        2 => $"dealt with a template that people without a known tie to the patient matched {CountPhrases.Times(part.Observed)} since it changed",
        _ => $"dealt with a template that turned {CountPhrases.Of(part.Observed, "captures")} away since it changed",
    };

    private static string OfUpdate(in SurprisePart part, string value, string usual) => part.Part switch
    {
        0 => $"sent a model update with a norm of {value}, where about {usual} is usual",
        1 => $"sent a model update with a cosine of {value} to the aggregate, where about {usual} is usual",
        2 => $"sent {CountPhrases.Of(part.Observed, "updates")} in one round{CountPhrases.Usual(part.Expected)}",
        _ => "sent a model update without provenance, which is rare for this model",
    };

    private static string OfSettlement(in SurprisePart part) => part.Part switch
    {
        0 => $"made {CountPhrases.Of(part.Observed, "claims")} for patients its organization had not seen{CountPhrases.Usual(part.Expected)}",
        1 => $"released {CountPhrases.Of(part.Observed, "payments")} that name no access{CountPhrases.Usual(part.Expected)}",
        _ => $"asked for an amount that had been asked for {CountPhrases.Times(part.Observed)} before",
    };

    private static string OfGroup(string name, in SurprisePart part)
    {
        var aspect = name[(name.LastIndexOf(" hour ", StringComparison.Ordinal) + 6)..];
        aspect = aspect.StartsWith("from ", StringComparison.Ordinal) ? "coming " + aspect : aspect;
        return $"was one of {CountPhrases.Of(part.Observed, "accounts")} {aspect} within an hour{CountPhrases.Usual(part.Expected)}";
    }
}
