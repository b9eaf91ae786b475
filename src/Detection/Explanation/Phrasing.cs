using System.Globalization;
using SentinelHealth.Detection.Detectors;
using SentinelHealth.Detection.Features;

namespace SentinelHealth.Detection.Explanation;

/// <summary>How the parts of each detector read in a sentence about somebody: "used device dev-3 for the first time".</summary>
internal sealed class Phrasing(NameTable names)
{
    /// <summary>What a part says of the person or program, without the subject.</summary>
    public string Clause(DetectorSlot slot, in SurprisePart part, string value)
    {
        var name = slot.Detector.PartNames[part.Part];
        if (slot.IsCounting)
            return Counted(slot, name, value, part.Expected);
        if (slot.Detector is Drift)
            return $"has crept up to {value} {name}, from a settled habit of about {Number(Math.Max(1, part.Expected))}";
        if (slot.View == EntityView.Quantity)
            return $"showed {An(name)} {name} of {value}, where about {Number(part.Expected)} is usual";
        if (!double.IsNaN(part.Observed))
            return $"had {value} {slot.Label}{name}, where about {Number(part.Expected)} is usual";
        var usual = names.Of(part.UsualKey);
        return slot.View switch
        {
            EntityView.Dealing => $"dealt with a patient with {value}{Novel(part.Novelty)}, where {usual} is usual",
            EntityView.Step when part.Part == 0 => $"did {value} right after what it seldom follows, where {usual} is usual",
            EntityView.Step => $"acted from an account {value}, where peers act from one {usual}",
            _ => $"{Did(name, value)}{Novel(part.Novelty)}, where {usual} is usual",
        };
    }

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

    private static string Counted(DetectorSlot slot, string name, string value, double expected)
    {
        var (what, width) = Halves(name);
        var count = $"{value} {what} {Within(width)}, where about {Number(Math.Max(1, expected))} is usual";
        return slot.View switch
        {
            EntityView.Patient => $"dealt with a patient who drew {count} for such a patient",
            EntityView.Node => $"came through a node that carried {count} for it",
            EntityView.Device => $"used a device that met {count} for it",
            EntityView.Recipient => $"dealt with a recipient of {count} for one",
            _ => slot.Detector is Spread ? $"reached {count}" : $"had {count}",
        };
    }

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

    private static string Novel(Novelty novelty) => novelty switch
    {
        Novelty.Known => ", which is rare here",
        Novelty.NewToEntity => " for the first time",
        Novelty.NewToPeers => ", which none of the peers ever did",
        Novelty.NewToNetwork => ", which the network has never seen",
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static string An(string name) => name[0] is 'a' or 'e' or 'i' or 'o' or 'u' && name != "update norm" ? "an" : "a";
}
