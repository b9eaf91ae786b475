using System.Globalization;
using SentinelHealth.Detection.Detectors;
using SentinelHealth.Detection.Features;

namespace SentinelHealth.Detection.Explanation;

/// <summary>How the parts of each detector read in a sentence about somebody: "used device dev-3 for the first time".</summary>
internal sealed class Phrasing(NameTable names)
{
    private const string Magnitude = "magnitude";

    /// <summary>What a part says of the person or program, without the subject.</summary>
    /// <param name="slot">The detector and whose habit it watches.</param>
    /// <param name="part">What it found.</param>
    /// <param name="value">The value's name, for categories.</param>
    /// <param name="scene">What else the clause may name.</param>
    public string Clause(DetectorSlot slot, in SurprisePart part, string value, in Scene scene)
    {
        var name = slot.Detector.PartNames[part.Part];
        if (SignPhrases.Clause(slot, part) is { } sign)
            return sign;
        if (slot.IsCounting || slot.Detector is Drip)
            return CountPhrases.Clause(slot, name, part, scene);
        if (slot.Detector is Drift)
            return $"has crept up to {value} {name}, from a settled habit of about {Number(Math.Max(1, Math.Round(part.Expected)))}";
        if (slot.View == EntityView.Quantity)
            return OfSize(name, part);
        if (!double.IsNaN(part.Observed))
            return $"had {value} {slot.Label}{name}, where about {Number(part.Expected)} is usual";
        return slot.View switch
        {
            EntityView.Dealing => $"dealt with a patient with {value}" + Novel(slot, part, value, "did") + Where(slot, part, value),
            EntityView.Giving => $"did {value}" + Novel(slot, part, value, "did") + Where(slot, part, value),
            EntityView.Step when part.Part == 0 => InOrder(slot, part, value, scene),
            EntityView.Step => $"acted from an account {value}"
                + (Usual(slot, part, value) is { } usual ? $", where peers act from one {usual}" : ""),
            _ => Did(name, value) + Novel(slot, part, value, name == Magnitude ? "had" : "did") + Where(slot, part, value),
        };
    }

    /// <summary>
    /// The usual value beside which the observed one is strange; null when there is none that is another and of the same kind. The
    /// sizes an account usually handles are those of all it does, an amount here and a number of candidates there, so they are no measure.
    /// </summary>
    public string? Usual(DetectorSlot slot, in SurprisePart part, string value) =>
        slot.Detector.PartNames[part.Part] != Magnitude && names.TryOf(part.UsualKey) is { } usual && usual != value
            ? usual : null;

    /// <summary>A number as people write it.</summary>
    public static string Number(double value) =>
        value.ToString(Math.Abs(value) < 10 ? "0.##" : "#,0", CultureInfo.InvariantCulture);

    /// <summary>A length of time as people say it: "42 min", "2.5 h".</summary>
    public static string Duration(double milliseconds) => milliseconds < 100 * 60_000
        ? Math.Max(1, Math.Round(milliseconds / 60_000)).ToString("0", CultureInfo.InvariantCulture) + " min"
        : (milliseconds / 3_600_000).ToString("0.#", CultureInfo.InvariantCulture) + " h";

    /// <summary>"record reads per hour" as its two halves.</summary>
    public static (string What, string Width) Halves(string partName)
    {
        var cut = partName.LastIndexOf(" per ", StringComparison.Ordinal);
        return (partName[..cut], partName[(cut + 5)..]);
    }

    /// <summary>"within an hour", "within 10 minutes".</summary>
    public static string Within(string width) => width switch
    {
        "hour" => "within an hour",
        "day" => "within a day",
        _ => "within " + width,
    };

    private static string OfSize(string name, in SurprisePart part)
    {
        var (value, usual) = (Number(part.Observed), Number(part.Expected));
        return name switch
        {
            "gas" => $"used {value} gas, where about {usual} is usual",
            "latency" => $"took {value} ms, where about {usual} ms is usual",
            "update norm" => $"sent a model update with a norm of {value}, where about {usual} is usual",
            "cosine to the aggregate" => $"sent a model update with a cosine of {value} to the aggregate, where about {usual} is usual",
            _ => $"had {(name[0] is 'a' or 'e' or 'i' or 'o' or 'u' ? "an" : "a")} {name} of {value}, where about {usual} is usual",
        };
    }

    /// <summary>One step after another: seldom together, or, where the step is the usual one so far, together in a way others seldom do.</summary>
    private string InOrder(DetectorSlot slot, in SurprisePart part, string value, in Scene scene)
    {
        var usual = Usual(slot, part, value);
        return scene.Before switch
        {
            null => $"did {value} right after what it seldom follows",
            "" when usual is null => $"began a sitting with {value}, which is seldom seen",
            "" => $"began a sitting with {value}, where one usually begins with {usual}",
            var before when usual is null => $"did {value} right after {before}, an order that is seldom seen",
            var before => $"did {value} right after {before}, which {usual} usually follows",
        };
    }

    private string Where(DetectorSlot slot, in SurprisePart part, string value) =>
        Usual(slot, part, value) is { } usual ? $", where {usual} is usual" : "";

    private static string Did(string feature, string value) => feature switch
    {
        "activity" => "did " + value,
        "time of week" => "was active on " + value,
        "node" => "came through " + value,
        "device" => "used device " + value,
        "country" => "came from " + value,
        "network" => "came from network " + value,
        "purpose" => "gave the purpose " + value,
        _ => "had " + value,
    };

    private string Novel(DetectorSlot slot, in SurprisePart part, string value, string verb) => part.Novelty switch
    {
        // What is the usual value itself is strange only beside what others do.
        Novelty.Known => names.TryOf(part.UsualKey) == value ? ", which is rare among others" : ", which is rare here",
        Novelty.NewToEntity => slot.View == EntityView.Giving ? ", for the first time" : " for the first time",
        Novelty.NewToPeers => $", which none of the peers ever {verb}",
        Novelty.NewToNetwork => ", which the network has never seen",
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
